import type { Event } from "@aether/core";
import { describe, expect, test } from "vitest";
import { conflictOf, decodeRecords, decodeSnapshot, formatPosition, prepareSnapshot, receiptOf } from "../src/index.ts";

const event: Event = {
  id: "e1",
  eventType: "Tested",
  actorId: "a",
  version: 3,
  data: { text: "é" },
  timestamp: "2026-01-01T00:00:00Z",
};
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("decodeRecords", () => {
  const decode = (raw: Uint8Array | string, more = {}) =>
    decodeRecords([{ actorId: "a", position: formatPosition({ sequence: 1 }), raw, ...more }]);

  test("returns events, deeply frozen, from text and from bytes", () => {
    for (const raw of [JSON.stringify(event), bytesOf(JSON.stringify(event))]) {
      const { events, errors } = decode(raw, { version: 3 });
      expect([events, errors]).toEqual([[event], []]);
      for (const part of [events, errors, events[0], events[0]?.data]) expect(Object.isFrozen(part)).toBe(true);
    }
  });

  const latin1 = Uint8Array.from(JSON.stringify(event), (character) => character.charCodeAt(0));
  test.each<[string, Uint8Array | string, object]>([
    ["no JSON", "no JSON", {}],
    ["nothing", new Uint8Array(), {}],
    ["no event", "[1]", {}],
    ["not UTF-8", latin1, {}],
    ["with a byte order mark", bytesOf(`\ufeff${JSON.stringify(event)}`), {}],
    ["of another actor", JSON.stringify({ ...event, actorId: "b" }), {}],
    ["of another version", JSON.stringify(event), { version: 4 }],
  ])("reports a record that is %s with its bytes, its position and the cause", (_, raw, more) => {
    const { events, errors } = decode(raw, more);
    expect(events).toEqual([]);
    const bytes = typeof raw === "string" ? bytesOf(raw) : raw;
    expect(errors).toEqual([{ position: formatPosition({ sequence: 1 }), raw: bytes, cause: expect.any(Error) }]);
  });
});

test("a receipt has the position, and the id, version and timestamp of the event", () => {
  const position = formatPosition({ sequence: 7 });
  expect(receiptOf(event, position)).toEqual({ id: "e1", version: 3, timestamp: event.timestamp, position });
});

describe("conflictOf", () => {
  const stored = new Map([
    [1, "e0"],
    [3, "e1"],
  ]);
  const of = (versions: readonly number[], ids: readonly string[] = []) =>
    conflictOf(
      versions.map((version, index) => ({ ...event, version, id: ids[index] ?? "x" })),
      3,
      (version) => stored.get(version),
    );

  test("returns nothing for events after the latest version", () => {
    expect(of([4, 9])).toBeUndefined();
    expect(of([])).toBeUndefined();
  });

  test("describes the conflict, and recognizes events that are stored, even with gaps between the versions", () => {
    expect(of([3])).toMatchObject({ actorId: "a", attemptedVersion: 3, currentVersion: 3, sameEvent: false });
    expect(of([2, 5])).toMatchObject({ attemptedVersion: 2, sameEvent: false });
    expect(of([3], ["e1"])?.sameEvent).toBe(true);
    expect(of([1, 3], ["e0", "e1"])?.sameEvent).toBe(true);
    expect(of([3, 4], ["e1", "e2"])?.sameEvent).toBe(false);
  });
});

describe("decodeSnapshot", () => {
  const snapshot = prepareSnapshot({ actorId: "a", version: 1, state: { list: [1] } }, { now: () => event.timestamp });

  test("returns the stored snapshot, deeply frozen", () => {
    const json = JSON.stringify(snapshot);
    for (const raw of [json, bytesOf(json)]) {
      const decoded = decodeSnapshot(raw, "a");
      expect(decoded).toEqual(snapshot);
      for (const part of [decoded, decoded?.state]) expect(Object.isFrozen(part)).toBe(true);
    }
  });

  test("returns undefined if there is none, or it is unreadable", () => {
    const broken = [
      { version: 0 },
      { state: [] },
      { state: null },
      { timestamp: "now" },
      { timestamp: [event.timestamp] },
    ];
    for (const json of [
      ...[undefined, null, "", "no JSON", "null", "7"],
      ...broken.map((more) => JSON.stringify({ ...snapshot, ...more })),
    ])
      expect(decodeSnapshot(json, "a")).toBeUndefined();
    expect(decodeSnapshot(JSON.stringify(snapshot), "b")).toBeUndefined();
  });
});
