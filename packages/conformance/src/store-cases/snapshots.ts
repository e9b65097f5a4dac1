import type { NewSnapshot, Snapshot, SnapshotStore } from "@aether/core";
import { check, checkFrozen, checkRejects } from "../checks/check.ts";
import { pause } from "../checks/pause.ts";
import { event, events, range } from "../samples/events.ts";
import { isRfc3339 } from "../samples/timestamps.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkTimeAdvances, checkTimeInZones } from "./check-times.ts";
import { saveAll } from "./save-all.ts";

function snapshot(version: number, state: object = { total: version }, actorId = "a"): NewSnapshot {
  return { actorId, version, state };
}

/** Reads the latest snapshot without its timestamp. */
async function latest(store: SnapshotStore, actorId = "a"): Promise<unknown> {
  const found = await store.getLatestSnapshot(actorId);
  if (found === undefined) return undefined;
  const { timestamp: _, ...rest } = found;
  return rest;
}

export const snapshots: readonly StoreCase[] = storeCaseGroup(
  "snapshots",
  [
    {
      name: "without a snapshot, getLatestSnapshot returns undefined",
      async run(context) {
        const store = await context.open("snapshots");
        await store.saveEvent(event("a", 1));
        for (const actorId of ["a", "without-events"]) {
          check("without a snapshot, getLatestSnapshot returns undefined", {
            given: { actorId },
            expected: undefined,
            actual: await store.getLatestSnapshot(actorId),
          });
        }
      },
    },
    {
      name: "a snapshot is read back unchanged, with a timestamp",
      async run(context) {
        const store = await context.open("snapshots");
        await saveAll(store, events("a", [1, 2]));
        const saved = snapshot(2, JSON.parse('{"lines":[{"price":1.5},null],"__proto__":{"x":1},"é":""}') as object);
        await store.saveSnapshot(saved);
        check("getLatestSnapshot returns the snapshot unchanged", {
          given: saved,
          expected: saved,
          actual: await latest(store),
        });
        const timestamp = (await store.getLatestSnapshot("a"))?.timestamp ?? "none";
        check("the timestamp of a snapshot is an RFC 3339 date-time", {
          given: saved,
          expected: "an RFC 3339 date-time",
          actual: isRfc3339(timestamp) ? "an RFC 3339 date-time" : timestamp,
        });
        check("saving a snapshot does not change the events", {
          given: saved,
          expected: events("a", [1, 2]),
          actual: await store.getEvents("a"),
        });
      },
    },
    {
      name: "the timestamp of a snapshot is the time when it was saved",
      async run(context) {
        const store = await context.open("snapshots");
        await saveAll(store, events("a", [1, 2]));
        const timestamp = async (): Promise<string> => (await store.getLatestSnapshot("a"))?.timestamp ?? "none";
        const save = async (): Promise<string> => {
          await store.saveSnapshot(snapshot(2));
          return timestamp();
        };
        const guarantee = "the timestamp of a snapshot is the time when it was saved";
        await checkTimeInZones(guarantee, snapshot(2), async () => [await save()]);
        const first = await timestamp();
        await pause(5);
        check("the timestamp of a snapshot does not depend on the time of the read", {
          given: "two reads of a snapshot, 5 ms apart",
          expected: first,
          actual: await timestamp(),
        });
        await checkTimeAdvances("a later snapshot has a later timestamp", snapshot(2), save);
      },
    },
    {
      name: "versions of snapshots are compared as numbers, whatever their size",
      async run(context) {
        const store = await context.open("snapshots");
        const versions = [99, 100, 1_001, 65_536, 2 ** 31, 9_999_999_999, 10_000_000_000, 2 ** 52];
        await saveAll(store, events("a", versions));
        for (const [index, version] of versions.entries()) {
          await store.saveSnapshot(snapshot(version));
          await store.saveSnapshot(snapshot(versions[index - 1] ?? 1, { older: true }));
          check("a snapshot does not replace one with a higher version", {
            given: { saved: versions.slice(0, index + 1), thenSaved: versions[index - 1] ?? 1 },
            expected: snapshot(version),
            actual: await latest(store),
          });
        }
      },
    },
    {
      name: "the snapshot with the highest version wins, regardless of the order of the saves",
      async run(context) {
        const store = await context.open("snapshots");
        await saveAll(store, events("a", range(1, 12)));
        for (const version of [2, 10, 9, 1]) await store.saveSnapshot(snapshot(version));
        const given = { saved: [2, 10, 9, 1] };
        check("a snapshot does not replace one with a higher version", {
          given,
          expected: snapshot(10),
          actual: await latest(store),
        });
        await Promise.all([12, 3, 11].map((version) => store.saveSnapshot(snapshot(version))));
        check("of several snapshots saved at the same time, the one with the highest version wins", {
          given: { savedAtOnce: [12, 3, 11] },
          expected: snapshot(12),
          actual: await latest(store),
        });
      },
    },
    {
      name: "a snapshot replaces an earlier one of the same version",
      async run(context) {
        const store = await context.open("snapshots");
        await saveAll(store, events("a", [1, 2]));
        await store.saveSnapshot(snapshot(2, { folded: "wrongly" }));
        await store.saveSnapshot(snapshot(2, { folded: "again" }));
        check("of two snapshots of the same version, the last one is kept", {
          given: { saved: [{ folded: "wrongly" }, { folded: "again" }], version: 2 },
          expected: snapshot(2, { folded: "again" }),
          actual: await latest(store),
        });
      },
    },
    {
      name: "a snapshot with a version above its actor's latest is rejected",
      async run(context) {
        const store = await context.open("snapshots");
        await saveAll(store, events("a", [1, 2]));
        await store.saveSnapshot(snapshot(2));
        const ahead = [snapshot(3), snapshot(Number.MAX_SAFE_INTEGER), snapshot(1, {}, "without-events")];
        for (const snapshotAhead of ahead) {
          await checkRejects(
            "saveSnapshot rejects a version above the actor's latest with InvalidArgumentError",
            { latestVersion: snapshotAhead.actorId === "a" ? 2 : 0, snapshot: snapshotAhead },
            store.saveSnapshot(snapshotAhead),
            { code: "AETHER_INVALID_ARGUMENT", argument: "snapshot.version" },
          );
        }
        check("a rejected snapshot is not stored", {
          given: ahead,
          expected: snapshot(2),
          actual: await latest(store),
        });
        const withoutEvents = await latest(store, "without-events");
        check("a rejected snapshot is not stored", { given: ahead, expected: undefined, actual: withoutEvents });
        await store.saveEvent(event("a", 3));
        await store.saveSnapshot(snapshot(3));
        check("a snapshot is accepted as soon as its version is stored", {
          given: { rejected: 3, event: 3, saved: 3 },
          expected: snapshot(3),
          actual: await latest(store),
        });
      },
    },
    {
      name: "an invalid snapshot, or a state that JSON cannot represent, is rejected",
      async run(context) {
        const store = await context.open("snapshots");
        await store.saveEvent(event("a", 1));
        const bad: readonly (readonly [unknown, string])[] = [
          [undefined, "snapshot"],
          [null, "snapshot"],
          [{ ...snapshot(1), actorId: "" }, "snapshot.actorId"],
          [{ ...snapshot(1), actorId: "\ud800" }, "snapshot.actorId"],
          ...[0, -1, 1.5, Number.NaN, "1"].map((version) => [{ ...snapshot(1), version }, "snapshot.version"] as const),
          ...[undefined, null, [], "text", new Date(0)].map(
            (state) => [{ ...snapshot(1), state }, "snapshot.state"] as const,
          ),
          [snapshot(1, { total: Number.NaN }), "snapshot.state.total"],
          [snapshot(1, { lines: [{ price: 1n }] }), "snapshot.state.lines[0].price"],
          [snapshot(1, { list: [undefined] }), "snapshot.state.list[0]"],
        ];
        for (const [given, argument] of bad) {
          const guarantee = "saveSnapshot rejects an invalid snapshot with InvalidArgumentError";
          const call = store.saveSnapshot(given as NewSnapshot);
          await checkRejects(guarantee, given, call, { code: "AETHER_INVALID_ARGUMENT", argument });
        }
        check("a rejected snapshot is not stored", {
          given: bad,
          expected: undefined,
          actual: await latest(store),
        });
        await checkRejects(
          "reads reject an invalid actor id with InvalidArgumentError",
          "",
          store.getLatestSnapshot(""),
          {
            code: "AETHER_INVALID_ARGUMENT",
            argument: "actorId",
          },
        );
      },
    },
    {
      name: "a snapshot is copied when it is saved, and frozen when it is read",
      async run(context) {
        const store = await context.open("snapshots");
        await store.saveEvent(event("a", 1));
        const state = { lines: [{ price: 1 }] };
        const saved = { ...snapshot(1), state };
        const saving = store.saveSnapshot(saved);
        for (const line of state.lines) line.price = 2;
        saved.version = 7;
        await saving;
        state.lines.push({ price: 3 });
        const given = "the snapshot changed after the call";
        const expected = snapshot(1, { lines: [{ price: 1 }] });
        check("getLatestSnapshot returns the snapshot as it was at the call", {
          given,
          expected,
          actual: await latest(store),
        });
        const read = (await store.getLatestSnapshot("a")) as Snapshot;
        checkFrozen("snapshots that are read are deeply frozen", expected, read);
        check("saveSnapshot does not freeze the caller's object", {
          given,
          expected: "not frozen",
          actual: Object.isFrozen(state) ? "frozen" : "not frozen",
        });
      },
    },
    {
      name: "actors have separate snapshots",
      async run(context) {
        const store = await context.open("snapshots");
        const ids = ["a.b", "a_b", "A.B", "a b", "\u00e9", "e\u0301", "__proto__", "constructor", "*"];
        await Promise.all(ids.map((actorId) => store.saveEvent(event(actorId, 1))));
        await Promise.all(ids.map((actorId) => store.saveSnapshot(snapshot(1, { actorId }, actorId))));
        for (const actorId of ids) {
          check("getLatestSnapshot returns only the snapshot of this actor, for any actor id", {
            given: { actorId },
            expected: snapshot(1, { actorId }, actorId),
            actual: await latest(store, actorId),
          });
        }
      },
    },
  ],
  ["snapshots"],
);
