import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  eventSubject,
  floorSubject,
  MAX_STREAM_NAME_BYTES,
  MAX_SUBJECT_BYTES,
  snapshotSubject,
  streamNameFor,
  subjectFlaw,
} from "../src/subjects.ts";

/** The first token of an actor: its partition. */
const partitionDigit = (actorId: string): string => eventSubject("es", actorId).split(".")[2] ?? "";

const hostile = [
  "a.b",
  "a_b",
  "a b",
  "a=2Eb",
  "a%2Eb",
  "*",
  ">",
  "a.>",
  "$JS.API.STREAM.DELETE.x",
  "_INBOX.x",
  "-",
  "--",
  "~",
  "a~b",
  "order-1",
  "order-1-2",
  "order_1",
  "é",
  "e\u0301",
  "💥",
  "a\r\nPUB x 1\r\n",
  "\u0000",
  "\u202e",
  "__proto__",
];
const text = fc.oneof(fc.constantFrom(...hostile), fc.string({ minLength: 1, unit: "grapheme" }));

describe("eventSubject", () => {
  test("has the partition and the type before the id", () => {
    expect(eventSubject("ES", "order-1-2")).toBe("ES.events.6.order.order-1-2");
    expect(eventSubject("ES", "a.b-c")).toBe("ES.events.0.a=2Eb.a=2Eb-c");
  });

  test("has the type ~, which no id can spell, if the id has no type or is a UUID", () => {
    expect(eventSubject("ES", "src/a.ts")).toBe("ES.events.0.~.src=2Fa=2Ets");
    expect(eventSubject("ES", "-x")).toBe("ES.events.0.~.-x");
    const uuid = "3f2b9d0e-7a55-4c1e-9a52-0d7f5a1b2c3d";
    expect(eventSubject("ES", uuid)).toBe(`ES.events.4.~.${uuid}`);
    expect(eventSubject("ES", uuid.toUpperCase())).toMatch(/^ES\.events\.[0-9a-f]\.~\./);
    expect(eventSubject("ES", `${uuid}x`)).toMatch(/\.3f2b9d0e\.3f2b9d0e-/);
  });

  test("different actors have different subjects, of five tokens without wildcards", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const subject = eventSubject("ES", a);
        expect(subject).toMatch(/^ES\.events\.[0-9a-f]\.([A-Za-z0-9_=-]+|~)\.[A-Za-z0-9_=-]+$/);
        expect(subject === eventSubject("ES", b)).toBe(a === b);
      }),
    );
  });

  test("every actor id of 128 bytes has a subject, even on the stream with the longest name", () => {
    const stream = "x".repeat(MAX_STREAM_NAME_BYTES);
    for (const id of ["%".repeat(128), "é".repeat(64), `${"%".repeat(127)}-`, `${"💥".repeat(31)}abc-`]) {
      expect(new TextEncoder().encode(id)).toHaveLength(128);
      expect(subjectFlaw(eventSubject(stream, id))).toBeUndefined();
    }
  });

  test("a subject over the limit has a flaw, a subject of exactly that length has none", () => {
    const longest = "x".repeat(MAX_SUBJECT_BYTES - "ES.events.0.~.".length);
    expect(subjectFlaw(eventSubject("ES", longest))).toBeUndefined();
    expect(subjectFlaw(eventSubject("ES", `${longest}x`))).toContain(`${MAX_SUBJECT_BYTES + 1} bytes`);
  });
});

test("snapshots and version floors have the same tokens as the events of their actor", () => {
  expect(snapshotSubject("ES", "order-1")).toBe("ES~~snapshots.d.order.order-1");
  expect(floorSubject("ES", "order-1")).toBe("ES~~floors.d.order.order-1");
});

describe("the partition in a subject", () => {
  test.each([
    ["a", "c"],
    ["foobar", "8"],
    ["order-1", "d"],
    ["order-1-2", "6"],
    ["é", "1"],
    ["💥", "9"],
    ["3f2b9d0e-7a55-4c1e-9a52-0d7f5a1b2c3d", "4"],
  ])("%j is in partition %s", (actorId, partition) => expect(partitionDigit(actorId)).toBe(partition));

  test("spreads numbered, padded and random ids evenly over sixteen partitions", () => {
    const kinds = [
      (index: number) => `order-${index}`,
      (index: number) => `customer-${String(index).padStart(8, "0")}`,
      () => crypto.randomUUID(),
    ];
    for (const idOf of kinds) {
      const counts = new Map<string, number>();
      for (let index = 0; index < 16_000; index++) {
        const partition = partitionDigit(idOf(index));
        counts.set(partition, (counts.get(partition) ?? 0) + 1);
      }
      expect([...counts.keys()].sort().join("")).toBe("0123456789abcdef");
      for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(200);
    }
  });
});

test("different pairs of namespace and stream name are different streams", () => {
  const pair = fc.tuple(fc.option(text, { nil: undefined }), text);
  fc.assert(
    fc.property(pair, pair, ([namespaceA, streamA], [namespaceB, streamB]) => {
      const [a, b] = [streamNameFor(streamA, namespaceA), streamNameFor(streamB, namespaceB)];
      expect(a).toMatch(/^[A-Za-z0-9_=~-]+$/);
      expect(a === b).toBe(namespaceA === namespaceB && streamA === streamB);
    }),
  );
});
