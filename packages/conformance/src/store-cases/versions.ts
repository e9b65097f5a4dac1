import { check, checkRejects } from "../checks/check.ts";
import { event, events, versionsOf } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { saveAll } from "./save-all.ts";

/** With gaps, and ordered otherwise as text. */
const saved = [2, 5, 9, 10, 11, 99, 100, 1_000];
const MAX = Number.MAX_SAFE_INTEGER;

export const versions: readonly StoreCase[] = storeCaseGroup("versions and gaps", [
  {
    name: "events are read in ascending order of version, gaps and all",
    async run(context) {
      const store = await context.open();
      for (const version of saved) {
        await store.saveEvent(event("a", version));
        check("the latest version is that of the event saved last", {
          given: { saved: version },
          expected: version,
          actual: await store.getLatestVersion("a"),
        });
      }
      check("events ascend by version, as numbers", {
        given: { saved },
        expected: saved,
        actual: versionsOf(await store.getEvents("a")),
      });
    },
  },
  {
    name: "fromVersion is the first version wanted, inclusive",
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
    name: "the largest version is Number.MAX_SAFE_INTEGER, and the last",
    async run(context) {
      const store = await context.open();
      const last = [event("a", MAX - 1), event("a", MAX)];
      for (const one of last) await store.saveEvent(one);
      const given = { saved: [MAX - 1, MAX] };
      check("the largest version is the latest", { given, expected: MAX, actual: await store.getLatestVersion("a") });
      check("the largest version is read", { given, expected: last, actual: await store.getEvents("a") });
      check("the largest version is read from itself on", {
        given,
        expected: last.slice(1),
        actual: await store.getEvents("a", MAX),
      });
      await checkRejects(
        "the largest version is taken once it is saved",
        { ...given, attempted: MAX },
        store.saveEvent(event("a", MAX, { id: "another" })),
        { code: "AETHER_VERSION_CONFLICT", attemptedVersion: MAX, currentVersion: MAX, sameEvent: false },
      );
      await checkRejects(
        "no version comes after the largest",
        { ...given, attempted: MAX + 1 },
        store.saveEvent(event("a", MAX + 1)),
        { code: "AETHER_INVALID_EVENT", path: "version" },
      );
      check("what was refused is not stored", { given, expected: last, actual: await store.getEvents("a") });
    },
  },
]);
