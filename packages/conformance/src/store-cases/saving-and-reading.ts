import type { EventMetadata, NewEvent } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { event, events, TIMESTAMP, untyped } from "../samples/events.ts";
import { everyJson, nested } from "../samples/hostile-events.ts";
import { hostileTimestamps } from "../samples/hostile-values.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { checkIsNow } from "./check-times.ts";
import { saveAll, saveLongHistory } from "./save-all.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

const tooLarge = { code: "AETHER_EVENT_TOO_LARGE", actorId: "a" } as const;

export const savingAndReading: readonly StoreCase[] = storeCaseGroup("saving and reading", [
  {
    name: "for an actor without events, reads return [] and version 0",
    async run(context) {
      const store = await context.open();
      const given = { actorId: "without-events", events: 0 };
      check("getEvents returns [] for an actor without events", {
        given,
        expected: [],
        actual: await store.getEvents("without-events"),
      });
      check("getEvents from a version returns [] for an actor without events", {
        given,
        expected: [],
        actual: await store.getEvents("without-events", 5),
      });
      check("getLatestVersion returns 0 for an actor without events", {
        given,
        expected: 0,
        actual: await store.getLatestVersion("without-events"),
      });
    },
  },
  {
    name: "an event is read back with every field",
    async run(context) {
      const store = await context.open();
      const all = [
        event("a", 1),
        event("a", 2, { eventType: "Another type, with \u{1F389}", data: {} }),
        event("a", 3, { metadata: { traceId: "t-1", "a key": "", constructor: "c" } }),
        event("a", 4, { data: { nested: nested(50) }, metadata: {} }),
        event("a", 5, { id: "an id: é/\u{1F194} > * ." }),
      ];
      for (const saved of all) await store.saveEvent(saved);
      check("getEvents returns every field of every event", {
        given: all,
        expected: all,
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "data is read back unchanged, for every kind of JSON value",
    async run(context) {
      const store = await context.open();
      const part = { n: 1 };
      const strings = ["", "é", "e\u0301", "\u{1F4A5}", "\u2028\u2029", "\u0000\u001f\\\"'`", "\u202eabc", "null"];
      const numbers = [0, 1, -1, 0.1, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, Number.MAX_VALUE];
      const saved = event("a", 1, { data: { strings, numbers, everyJson, twice: [part, part] } });
      await store.saveEvent(saved);
      check("getEvents returns data unchanged", {
        given: saved.data,
        expected: [saved],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "a key __proto__ is kept as data and changes no prototype",
    async run(context) {
      const store = await context.open();
      const text = '{"__proto__":{"polluted":true},"list":[{"__proto__":null,"n":1}],"constructor":{"prototype":{}}}';
      const metadata = JSON.parse('{"__proto__":"text"}') as EventMetadata;
      const saved = event("a", 1, { data: JSON.parse(text) as object, metadata });
      await store.saveEvent(saved);
      const read = await store.getEvents("a");
      check("getEvents returns a key __proto__ as data", { given: text, expected: [saved], actual: read });
      const prototype: object = Object.getPrototypeOf(read[0]?.data) ?? {};
      check("a key __proto__ changes no prototype", {
        given: text,
        expected: { ofData: undefined, ofEveryObject: undefined },
        actual: { ofData: Reflect.get(prototype, "polluted"), ofEveryObject: Reflect.get({}, "polluted") },
      });
    },
  },
  {
    name: "undefined properties are omitted, and -0 is read back as 0 or -0",
    async run(context) {
      const store = await context.open();
      const data = { gone: undefined, deep: [{ gone: undefined, kept: null }], zero: -0 };
      const { id, timestamp } = event("a", 1);
      await store.saveEvent(untyped({ ...event("a", 1), data, metadata: { gone: undefined, kept: "text" } }));
      await store.saveEvent(untyped({ ...event("a", 2), metadata: undefined }));
      check("undefined properties are omitted, as in JSON", {
        given: { data, metadata: { gone: undefined, kept: "text" } },
        expected: [
          event("a", 1, { id, timestamp, data: { deep: [{ kept: null }], zero: 0 }, metadata: { kept: "text" } }),
          event("a", 2),
        ],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "the receipt has the id, version and timestamp of the event, and a position",
    async run(context) {
      const store = await context.open();
      const { id, version, timestamp, position } = await store.saveEvent(event("a", 3));
      check("the receipt has the id, version and timestamp of the event, and a position", {
        given: event("a", 3),
        expected: { id: "a#3", version: 3, timestamp: TIMESTAMP, position: "string" },
        actual: { id, version, timestamp, position: typeof position },
      });
    },
  },
  {
    name: "a missing id and a missing timestamp are filled in",
    async run(context) {
      const store = await context.open();
      const bare: NewEvent = { eventType: "Tested", actorId: "a", version: 1, data: {} };
      const receipts = [
        await store.saveEvent(bare),
        await store.saveEvent(untyped({ ...bare, version: 2, id: undefined, timestamp: undefined })),
      ];
      for (const { id, timestamp } of receipts) {
        check("a missing id is filled in with a UUID", {
          given: bare,
          expected: String(uuid),
          actual: uuid.test(id) ? String(uuid) : id,
        });
        checkIsNow("a missing timestamp is filled in with the current time, in RFC 3339", bare, timestamp);
      }
      check("no two events get the same id", {
        given: bare,
        expected: 2,
        actual: new Set(receipts.map(({ id }) => id)).size,
      });
      check("getEvents returns the ids and timestamps of the receipts", {
        given: bare,
        expected: receipts.map(({ id, version, timestamp }) => ({ ...bare, id, version, timestamp })),
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "a given id is kept without a timestamp, and a given timestamp without an id",
    async run(context) {
      const store = await context.open();
      const [{ timestamp: _, ...onlyId }, { id: __, ...onlyTime }] = [event("a", 1), event("a", 2)];
      const [first, second] = [await store.saveEvent(onlyId), await store.saveEvent(onlyTime)];
      check("a given id is kept, and a given timestamp is kept", {
        given: [onlyId, onlyTime],
        expected: { id: "a#1", timestamp: TIMESTAMP },
        actual: { id: first.id, timestamp: second.timestamp },
      });
      checkIsNow("a missing timestamp is filled in with the current time, in RFC 3339", onlyId, first.timestamp);
      check("getEvents returns the ids and timestamps of the receipts", {
        given: [onlyId, onlyTime],
        expected: [
          { ...onlyId, timestamp: first.timestamp },
          { ...onlyTime, id: second.id },
        ],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "data and metadata without a prototype are stored like other objects",
    async run(context) {
      const store = await context.open();
      const bare = <Part extends object>(part: Part): Part => Object.assign(Object.create(null), part) as Part;
      const saved = event("a", 1, { data: { part: { n: [1] } }, metadata: { traceId: "t" } });
      const data = bare({ part: bare({ n: [1] }) });
      await store.saveEvent({ ...saved, data, metadata: bare({ traceId: "t" }) });
      check("getEvents returns data and metadata unchanged", {
        given: "data and metadata that Object.create(null) has created",
        expected: [saved],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "a given timestamp is stored unchanged",
    async run(context) {
      const store = await context.open();
      const timestamps = hostileTimestamps;
      const all = timestamps.map((timestamp, index) => event("a", index + 1, { timestamp }));
      const receipts = await saveAll(store, all);
      const given = { timestamps };
      const kept = await store.getEvents("a");
      check("the receipts have the given timestamps", {
        given,
        expected: timestamps,
        actual: receipts.map((r) => r.timestamp),
      });
      check("getEvents returns the given timestamps", {
        given,
        expected: timestamps,
        actual: kept.map((e) => e.timestamp),
      });
    },
  },
  {
    name: "actors are kept apart",
    async run(context) {
      const store = await context.open();
      for (const version of [1, 2]) for (const actorId of ["a", "b"]) await store.saveEvent(event(actorId, version));
      await store.saveEvent(event("b", 3));
      const given = { saved: "a1 b1 a2 b2 b3" };
      check("getEvents returns only the events of this actor", {
        given,
        expected: events("a", [1, 2]),
        actual: await store.getEvents("a"),
      });
      check("getEvents returns only the events of this actor", {
        given,
        expected: events("b", [1, 2, 3]),
        actual: await store.getEvents("b"),
      });
      const latest = { a: await store.getLatestVersion("a"), b: await store.getLatestVersion("b") };
      check("getLatestVersion returns the latest version of each actor", {
        given,
        expected: { a: 2, b: 3 },
        actual: latest,
      });
    },
  },
  {
    name: "an event that was read can be saved for another actor",
    async run(context) {
      const store = await context.open();
      await store.saveEvent(event("a", 1, { data: { list: [{}] }, metadata: { traceId: "t" } }));
      const [read] = await store.getEvents("a");
      const copy = { ...event("b", 1), ...read, id: "copy", actorId: "b" };
      await store.saveEvent(copy);
      check("saveEvent accepts frozen data", { given: copy, expected: [copy], actual: await store.getEvents("b") });
    },
  },
  {
    name: "1,000 and 1,001 events are read completely and in order",
    async run(context) {
      const store = await context.open();
      // A slow store saves fewer events.
      const all = await saveLongHistory(context, store, 1_000);
      const last = all.length;
      check("getEvents returns 1,000 events", {
        given: { saved: last },
        expected: all,
        actual: await store.getEvents("a"),
      });
      await store.saveEvent(event("a", last + 1));
      check("getEvents returns 1,001 events", {
        given: { saved: last + 1 },
        expected: [...all, event("a", last + 1)],
        actual: await store.getEvents("a"),
      });
      check("getLatestVersion returns the version of the last event", {
        given: { saved: last + 1 },
        expected: last + 1,
        actual: await store.getLatestVersion("a"),
      });
    },
  },
  {
    name: "a large event is stored completely, or rejected as too large",
    async run(context) {
      const store = await context.open();
      const text = "0123456789abcdef".repeat(128 * 1_024);
      const outcome = await outcomeOf(store.saveEvent(event("a", 1, { data: { text } })));
      const stored = await store.getEvents("a");
      const given = "an event of 2 MiB";
      if (outcome.status === "rejected") {
        await checkRejects(
          "a save that is too large is rejected with EventTooLargeError",
          given,
          Promise.reject(outcome.reason),
          tooLarge,
        );
        check("an event that is too large is not stored", { given, expected: 0, actual: stored.length });
      } else {
        const read = (stored[0]?.data as { text?: string } | undefined)?.text;
        const actual = { events: stored.length, length: read?.length, same: read === text };
        check("a large event is stored completely", {
          given,
          expected: { events: 1, length: text.length, same: true },
          actual,
        });
      }
    },
  },
  {
    name: "an event of exactly the maximum size is stored, and a larger one is rejected",
    async run(context) {
      const store = await context.open();
      const filled = (length: number) => event("a", 1, { data: { text: "x".repeat(length) } });
      const length = 2 * 1_024 * 1_024;
      const outcome = await outcomeOf(store.saveEvent(filled(length)));
      if (outcome.status === "fulfilled") return;
      const given = "an event of 2 MiB";
      const rejected = Promise.reject(outcome.reason);
      const { sizeBytes, limitBytes } = await checkRejects(
        "an event that is too large is rejected with EventTooLargeError",
        given,
        rejected,
        tooLarge,
      );
      if (limitBytes === undefined) return;
      const largest = length - (sizeBytes - limitBytes);
      await checkRejects(
        "an event one byte above the limit is rejected with EventTooLargeError",
        { limitBytes, textOf: largest + 1 },
        store.saveEvent(filled(largest + 1)),
        { ...tooLarge, sizeBytes: limitBytes + 1, limitBytes },
      );
      const fits = await outcomeOf(store.saveEvent(filled(largest)));
      const [read] = await store.getEvents("a");
      check("an event of exactly the limit is stored completely", {
        given: { limitBytes, textOf: largest },
        expected: { outcome: "fulfilled", textOf: largest },
        actual: { outcome: fits.status, textOf: (read?.data as { text?: string } | undefined)?.text?.length },
      });
    },
  },
]);
