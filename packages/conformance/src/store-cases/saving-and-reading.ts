import type { EventMetadata, NewEvent } from "@aether/core";
import { check, checkRejects, outcomeOf } from "../checks/check.ts";
import { event, events, range, TIMESTAMP, untyped } from "../samples/events.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";
import { saveAll } from "./save-all.ts";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const DAY_MS = 24 * 60 * 60 * 1_000;

/** Everything that JSON can carry, and what careless code trips over. */
const everyJson = {
  strings: ["", "é", "e\u0301", "\u{1F4A5}", "\u2028\u2029", "\u0000\u001f\\\"'`", "\u202eabc", "null"],
  numbers: [0, 1, -1, 0.1, 1e21, 5e-324, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, Number.MAX_VALUE],
  constants: [true, false, null],
  empty: [{}, [], [[]], [{}]],
  // biome-ignore lint/suspicious/noThenProperty: that it is taken for a promise is what is tried
  then: "not a promise",
  toJSON: "not a function",
  constructor: "not a class",
  hasOwnProperty: false,
  "": "the empty key",
  "a key.with [dots] and \u{1F511}": 1,
};

/** JSON nested so many levels deep. */
function nested(levels: number): object {
  return levels === 0 ? {} : { in: [nested(levels - 1)] };
}

export const savingAndReading: readonly StoreCase[] = storeCaseGroup("saving and reading", [
  {
    name: "an actor without events has none, and version 0",
    async run(context) {
      const store = await context.open();
      const given = { actorId: "nobody", events: 0 };
      check("without events getEvents is []", { given, expected: [], actual: await store.getEvents("nobody") });
      check("without events getEvents from a version on is []", {
        given,
        expected: [],
        actual: await store.getEvents("nobody", 5),
      });
      check("without events the latest version is 0", {
        given,
        expected: 0,
        actual: await store.getLatestVersion("nobody"),
      });
    },
  },
  {
    name: "an event is read back whole",
    async run(context) {
      const store = await context.open();
      const all = [
        event("a", 1),
        event("a", 2, { eventType: "Ein anderes, mit \u{1F389}", data: {} }),
        event("a", 3, { metadata: { traceId: "t-1", "a key": "", constructor: "c" } }),
        event("a", 4, { data: { nested: nested(50) }, metadata: {} }),
        event("a", 5, { id: "an id: é/\u{1F194} > * ." }),
      ];
      for (const one of all) await store.saveEvent(one);
      check("getEvents gives back every field of every event", {
        given: all,
        expected: all,
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "data is read back as it was saved, whatever JSON can carry",
    async run(context) {
      const store = await context.open();
      const part = { n: 1 };
      const saved = event("a", 1, { data: { everyJson, twice: [part, part] } });
      await store.saveEvent(saved);
      check("data is read back as it was saved", {
        given: saved.data,
        expected: [saved],
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "a key __proto__ is kept as data and pollutes nothing",
    async run(context) {
      const store = await context.open();
      const text = '{"__proto__":{"polluted":true},"list":[{"__proto__":null,"n":1}],"constructor":{"prototype":{}}}';
      const metadata = JSON.parse('{"__proto__":"text"}') as EventMetadata;
      const saved = event("a", 1, { data: JSON.parse(text) as object, metadata });
      await store.saveEvent(saved);
      const read = await store.getEvents("a");
      check("a key __proto__ is kept as data", { given: text, expected: [saved], actual: read });
      const prototype: object = Object.getPrototypeOf(read[0]?.data) ?? {};
      check("a key __proto__ sets no prototype", {
        given: text,
        expected: { ofData: undefined, ofEveryObject: undefined },
        actual: { ofData: Reflect.get(prototype, "polluted"), ofEveryObject: Reflect.get({}, "polluted") },
      });
    },
  },
  {
    name: "properties that are undefined are left out, and -0 is a zero",
    async run(context) {
      const store = await context.open();
      const data = { gone: undefined, deep: [{ gone: undefined, kept: null }], zero: -0 };
      const { id, timestamp } = event("a", 1);
      await store.saveEvent(untyped({ ...event("a", 1), data, metadata: { gone: undefined, kept: "text" } }));
      await store.saveEvent(untyped({ ...event("a", 2), metadata: undefined }));
      check("a property that is undefined is left out, as in JSON", {
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
    name: "the receipt says what was saved",
    async run(context) {
      const store = await context.open();
      const { id, version, timestamp, position } = await store.saveEvent(event("a", 3));
      check("a receipt has the event's id, version and timestamp, and a position", {
        given: event("a", 3),
        expected: { id: "a#3", version: 3, timestamp: TIMESTAMP, position: "string" },
        actual: { id, version, timestamp, position: typeof position },
      });
    },
  },
  {
    name: "an id and a timestamp that are missing are filled in",
    async run(context) {
      const store = await context.open();
      const bare: NewEvent = { eventType: "Tested", actorId: "a", version: 1, data: {} };
      const receipts = [
        await store.saveEvent(bare),
        await store.saveEvent(untyped({ ...bare, version: 2, id: undefined, timestamp: undefined })),
      ];
      for (const { id, timestamp } of receipts) {
        check("a missing id becomes a UUID", {
          given: bare,
          expected: String(uuid),
          actual: uuid.test(id) ? String(uuid) : id,
        });
        check("a missing timestamp becomes the current time, as RFC 3339", {
          given: { event: bare, now: new Date().toISOString() },
          expected: "a time within a day of now",
          actual:
            rfc3339.test(timestamp) && Math.abs(Date.parse(timestamp) - Date.now()) < DAY_MS
              ? "a time within a day of now"
              : timestamp,
        });
      }
      check("no two events get the same id", {
        given: bare,
        expected: 2,
        actual: new Set(receipts.map(({ id }) => id)).size,
      });
      check("what was filled in is what is read", {
        given: bare,
        expected: receipts.map(({ id, version, timestamp }) => ({ ...bare, id, version, timestamp })),
        actual: await store.getEvents("a"),
      });
    },
  },
  {
    name: "a timestamp that is given is kept to the letter",
    async run(context) {
      const store = await context.open();
      const timestamps = [
        "2024-02-29T12:00:00Z",
        "2024-02-29t12:00:00.000000001z",
        "2024-02-29T12:00:00.120+05:30",
        "2024-02-29T12:00:00-00:00",
        "2016-12-31T23:59:60Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
      ];
      const all = timestamps.map((timestamp, index) => event("a", index + 1, { timestamp }));
      const receipts = await saveAll(store, all);
      const given = { timestamps };
      const kept = await store.getEvents("a");
      check("the receipts have the timestamps", {
        given,
        expected: timestamps,
        actual: receipts.map((r) => r.timestamp),
      });
      check("the events have the timestamps", { given, expected: timestamps, actual: kept.map((e) => e.timestamp) });
    },
  },
  {
    name: "actors are kept apart",
    async run(context) {
      const store = await context.open();
      for (const version of [1, 2]) for (const actorId of ["a", "b"]) await store.saveEvent(event(actorId, version));
      await store.saveEvent(event("b", 3));
      const given = { saved: "a1 b1 a2 b2 b3" };
      check("an actor has its own events alone", {
        given,
        expected: events("a", [1, 2]),
        actual: await store.getEvents("a"),
      });
      check("an actor has its own events alone", {
        given,
        expected: events("b", [1, 2, 3]),
        actual: await store.getEvents("b"),
      });
      const latest = { a: await store.getLatestVersion("a"), b: await store.getLatestVersion("b") };
      check("an actor has its own latest version", { given, expected: { a: 2, b: 3 }, actual: latest });
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
      check("frozen data can be saved", { given: copy, expected: [copy], actual: await store.getEvents("b") });
    },
  },
  {
    name: "1,000 and 1,001 events are read whole and in order",
    async run(context) {
      const store = await context.open();
      const all = events("a", range(1, 1_000));
      await saveAll(store, all);
      check("1,000 events are read", { given: { saved: 1_000 }, expected: all, actual: await store.getEvents("a") });
      await store.saveEvent(event("a", 1_001));
      check("1,001 events are read", {
        given: { saved: 1_001 },
        expected: [...all, event("a", 1_001)],
        actual: await store.getEvents("a"),
      });
      check("the latest version is that of the last", {
        given: { saved: 1_001 },
        expected: 1_001,
        actual: await store.getLatestVersion("a"),
      });
    },
  },
  {
    name: "a large event is stored whole, or refused as too large",
    async run(context) {
      const store = await context.open();
      const text = "0123456789abcdef".repeat(128 * 1_024);
      const outcome = await outcomeOf(store.saveEvent(event("a", 1, { data: { text } })));
      const stored = await store.getEvents("a");
      const given = "an event of 2 MiB";
      if (outcome.status === "rejected") {
        const refused = { code: "AETHER_EVENT_TOO_LARGE", actorId: "a" } as const;
        await checkRejects("what is refused is refused as too large", given, Promise.reject(outcome.reason), refused);
        check("what is too large is not stored", { given, expected: 0, actual: stored.length });
      } else {
        const read = (stored[0]?.data as { text?: string } | undefined)?.text;
        const actual = { events: stored.length, length: read?.length, same: read === text };
        check("a large event is stored whole", {
          given,
          expected: { events: 1, length: text.length, same: true },
          actual,
        });
      }
    },
  },
  {
    name: "the largest event that fits is stored whole, and one byte more is refused",
    async run(context) {
      const store = await context.open();
      const filled = (length: number) => event("a", 1, { data: { text: "x".repeat(length) } });
      const length = 2 * 1_024 * 1_024;
      const outcome = await outcomeOf(store.saveEvent(filled(length)));
      if (outcome.status === "fulfilled") return;
      const tooLarge = { code: "AETHER_EVENT_TOO_LARGE", actorId: "a" } as const;
      const given = "an event of 2 MiB";
      const refused = Promise.reject(outcome.reason);
      const { sizeBytes, limitBytes } = await checkRejects("what is refused is too large", given, refused, tooLarge);
      const largest = length - (sizeBytes - limitBytes);
      await checkRejects(
        "an event of one byte more than the limit is refused",
        { limitBytes, textOf: largest + 1 },
        store.saveEvent(filled(largest + 1)),
        { ...tooLarge, sizeBytes: limitBytes + 1, limitBytes },
      );
      const fits = await outcomeOf(store.saveEvent(filled(largest)));
      const [read] = await store.getEvents("a");
      check("an event of the limit is stored whole", {
        given: { limitBytes, textOf: largest },
        expected: { outcome: "fulfilled", textOf: largest },
        actual: { outcome: fits.status, textOf: (read?.data as { text?: string } | undefined)?.text?.length },
      });
    },
  },
]);
