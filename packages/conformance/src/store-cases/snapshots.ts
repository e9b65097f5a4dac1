import type { NewSnapshot, Snapshot, SnapshotStore } from "@aether/core";
import { check, checkFrozen, checkRejects } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { saveAll } from "./save-all.ts";

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;

function snapshot(version: number, state: object = { total: version }, actorId = "a"): NewSnapshot {
  return { actorId, version, state };
}

/** The latest snapshot without its timestamp. */
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
      name: "without a snapshot there is undefined",
      async run(context) {
        const store = await context.open("snapshots");
        await store.saveEvent(event("a", 1));
        for (const actorId of ["a", "nobody"]) {
          check("without a snapshot getLatestSnapshot is undefined", {
            given: { actorId },
            expected: undefined,
            actual: await store.getLatestSnapshot(actorId),
          });
        }
      },
    },
    {
      name: "a snapshot is read back whole, with the time when it was taken",
      async run(context) {
        const store = await context.open("snapshots");
        await saveAll(store, events("a", [1, 2]));
        const saved = snapshot(2, JSON.parse('{"lines":[{"price":1.5},null],"__proto__":{"x":1},"é":""}') as object);
        await store.saveSnapshot(saved);
        check("a snapshot is read back whole", { given: saved, expected: saved, actual: await latest(store) });
        const timestamp = (await store.getLatestSnapshot("a"))?.timestamp ?? "none";
        check("the timestamp of a snapshot is RFC 3339", {
          given: saved,
          expected: "an RFC 3339 date-time",
          actual: rfc3339.test(timestamp) ? "an RFC 3339 date-time" : timestamp,
        });
        check("the events are as before", {
          given: saved,
          expected: events("a", [1, 2]),
          actual: await store.getEvents("a"),
        });
      },
    },
    {
      name: "the newest version wins, in whatever order snapshots come",
      async run(context) {
        const store = await context.open("snapshots");
        await saveAll(store, events("a", range(1, 12)));
        for (const version of [2, 10, 9, 1]) await store.saveSnapshot(snapshot(version));
        const given = { saved: [2, 10, 9, 1] };
        check("an older snapshot changes nothing", { given, expected: snapshot(10), actual: await latest(store) });
        await Promise.all([11, 12, 3].map((version) => store.saveSnapshot(snapshot(version))));
        check("the newest wins also of snapshots saved at once", {
          given: { savedAtOnce: [11, 12, 3] },
          expected: snapshot(12),
          actual: await latest(store),
        });
      },
    },
    {
      name: "a snapshot takes the place of one of the same version",
      async run(context) {
        const store = await context.open("snapshots");
        await saveAll(store, events("a", [1, 2]));
        await store.saveSnapshot(snapshot(2, { folded: "wrongly" }));
        await store.saveSnapshot(snapshot(2, { folded: "again" }));
        check("of two snapshots of one version the one saved last is kept", {
          given: { saved: [{ folded: "wrongly" }, { folded: "again" }], version: 2 },
          expected: snapshot(2, { folded: "again" }),
          actual: await latest(store),
        });
      },
    },
    {
      name: "a snapshot ahead of its actor's events is refused",
      async run(context) {
        const store = await context.open("snapshots");
        await saveAll(store, events("a", [1, 2]));
        await store.saveSnapshot(snapshot(2));
        const ahead = [snapshot(3), snapshot(Number.MAX_SAFE_INTEGER), snapshot(1, {}, "nobody")];
        for (const one of ahead) {
          await checkRejects(
            "a snapshot ahead of the events is an InvalidArgumentError",
            { latestVersion: one.actorId === "a" ? 2 : 0, snapshot: one },
            store.saveSnapshot(one),
            { code: "AETHER_INVALID_ARGUMENT", argument: "snapshot.version" },
          );
        }
        check("a snapshot that was refused is not kept", {
          given: ahead,
          expected: snapshot(2),
          actual: await latest(store),
        });
        const ofNobody = await latest(store, "nobody");
        check("a snapshot that was refused is not kept", { given: ahead, expected: undefined, actual: ofNobody });
      },
    },
    {
      name: "a snapshot that JSON cannot carry is refused",
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
          const promise = "a snapshot that is none is an InvalidArgumentError";
          const call = store.saveSnapshot(given as NewSnapshot);
          await checkRejects(promise, given, call, { code: "AETHER_INVALID_ARGUMENT", argument });
        }
        check("a snapshot that was refused is not kept", {
          given: bad,
          expected: undefined,
          actual: await latest(store),
        });
        await checkRejects("a bad actor id is an InvalidArgumentError", "", store.getLatestSnapshot(""), {
          code: "AETHER_INVALID_ARGUMENT",
          argument: "actorId",
        });
      },
    },
    {
      name: "a snapshot is detached from the caller, and frozen for the reader",
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
        check("a snapshot is what it was at the call", { given, expected, actual: await latest(store) });
        const read = (await store.getLatestSnapshot("a")) as Snapshot;
        checkFrozen("a snapshot that was read is deeply frozen", expected, read);
        check("the caller's object is not frozen", {
          given,
          expected: "not frozen",
          actual: Object.isFrozen(state) ? "frozen" : "not frozen",
        });
      },
    },
    {
      name: "actors have their own snapshots",
      async run(context) {
        const store = await context.open("snapshots");
        const ids = ["a.b", "a_b", "A.B", "a b", "\u00e9", "e\u0301", "__proto__", "constructor", "*"];
        await Promise.all(ids.map((actorId) => store.saveEvent(event(actorId, 1))));
        await Promise.all(ids.map((actorId) => store.saveSnapshot(snapshot(1, { actorId }, actorId))));
        for (const actorId of ids) {
          check("an actor has its own snapshot, whatever its id", {
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
