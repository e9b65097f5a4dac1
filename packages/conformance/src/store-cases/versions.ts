import { check, checkRejects } from "../checks/check.ts";
import { event, events, versionsOf } from "../samples/events.ts";
import { versionsOfEverySize } from "../samples/hostile-values.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkEveryRead } from "./every-read.ts";
import { saveAll } from "./save-all.ts";

/** Versions with gaps, which sort differently as text. */
const saved = [2, 5, 9, 10, 11, 99, 100, 1_000];
const MAX = Number.MAX_SAFE_INTEGER;

export const versions: readonly StoreCase[] = storeCaseGroup("versions and gaps", [
  {
    name: "events are read in ascending order of version, even with gaps",
    async run(context) {
      const store = await context.open();
      for (const version of saved) {
        await store.saveEvent(event("a", version));
        check("getLatestVersion returns the version of the event that was saved last", {
          given: { saved: version },
          expected: version,
          actual: await store.getLatestVersion("a"),
        });
      }
      check("getEvents returns events in ascending numerical order of version", {
        given: { saved },
        expected: saved,
        actual: versionsOf(await store.getEvents("a")),
      });
    },
  },
  {
    name: "fromVersion is inclusive",
    async run(context) {
      const store = await context.open();
      await saveAll(store, events("a", saved));
      for (const fromVersion of [undefined, 0, 1, 2, 3, 5, 6, 9, 10, 12, 100, 1_000, 1_001, MAX]) {
        check("getEvents starts at fromVersion", {
          given: { saved, fromVersion },
          expected: saved.filter((version) => version >= (fromVersion ?? 0)),
          actual: versionsOf(await store.getEvents("a", fromVersion)),
        });
      }
    },
  },
  {
    name: "versions of every size are sorted and selected as numbers",
    async run(context) {
      const store = await context.open();
      const all = events("a", versionsOfEverySize);
      await saveAll(store, all);
      await checkEveryRead(store, "versions of every size", all);
      for (const fromVersion of [1_001, 9_999, 65_536, 2 ** 31, 2 ** 32, 10_000_000_000, 2 ** 48, 2 ** 52]) {
        check("getEvents starts at fromVersion", {
          given: { saved: "versions of every size", fromVersion },
          expected: versionsOfEverySize.filter((version) => version >= fromVersion),
          actual: versionsOf(await store.getEvents("a", fromVersion)),
        });
      }
    },
  },
  {
    name: "versions of every size are compared as numbers",
    async run(context) {
      const store = await context.open();
      const all = events(
        "a",
        versionsOfEverySize.filter((_, index) => index % 6 === 2),
      );
      for (const [index, each] of all.entries()) {
        const before = all[index - 1];
        await store.saveEvent(each);
        if (before === undefined) continue;
        await checkRejects(
          "a version up to the latest is rejected with the actual current version, whatever their sizes",
          { saved: [before.version, each.version], attempted: before.version },
          store.saveEvent(before),
          { code: "AETHER_VERSION_CONFLICT", currentVersion: each.version, sameEvent: true },
        );
      }
      check("getEvents returns events in ascending numerical order of version", {
        given: "versions of every size, one by one",
        expected: versionsOf(all),
        actual: versionsOf(await store.getEvents("a")),
      });
    },
  },
  {
    name: "the largest version is Number.MAX_SAFE_INTEGER",
    async run(context) {
      const store = await context.open();
      const last = [event("a", MAX - 1), event("a", MAX)];
      for (const each of last) await store.saveEvent(each);
      const given = { saved: [MAX - 1, MAX] };
      check("getLatestVersion returns the largest version", {
        given,
        expected: MAX,
        actual: await store.getLatestVersion("a"),
      });
      check("getEvents returns the event of the largest version", {
        given,
        expected: last,
        actual: await store.getEvents("a"),
      });
      check("getEvents from the largest version returns its event", {
        given,
        expected: last.slice(1),
        actual: await store.getEvents("a", MAX),
      });
      await checkRejects(
        "saveEvent rejects the largest version with VersionConflictError when it is taken",
        { ...given, attempted: MAX },
        store.saveEvent(event("a", MAX, { id: "another" })),
        { code: "AETHER_VERSION_CONFLICT", attemptedVersion: MAX, currentVersion: MAX, sameEvent: false },
      );
      await checkRejects(
        "saveEvent rejects a version above the largest with InvalidEventError",
        { ...given, attempted: MAX + 1 },
        store.saveEvent(event("a", MAX + 1)),
        { code: "AETHER_INVALID_EVENT", path: "version" },
      );
      check("a rejected event is not stored", { given, expected: last, actual: await store.getEvents("a") });
    },
  },
]);
