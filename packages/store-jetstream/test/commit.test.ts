import type { Event } from "@aether/core";
import { describe, expect, test, vi } from "vitest";
import { commitHeaders, encodeEvents, headerSpan, joinPayloads } from "../src/protocol/commit.ts";
import { EXPECTATION_HEADER, VERSIONS_HEADER } from "../src/protocol/headers.ts";
import { Positions } from "../src/protocol/positions.ts";
import type { StoredMessage } from "../src/protocol/stored-message.ts";

const event = (version: number, more: object = {}): Event => ({
  id: `e${version}`,
  eventType: "Tested",
  actorId: "a",
  version,
  data: { n: version },
  timestamp: "2026-01-01T00:00:00Z",
  ...more,
});
const message = (data: string | Uint8Array, versions?: string): StoredMessage => ({
  sequence: 7,
  data: typeof data === "string" ? new TextEncoder().encode(data) : data,
  header: (name) => (name === VERSIONS_HEADER ? versions : name === EXPECTATION_HEADER ? "0" : undefined),
});
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe("encoding", () => {
  test("one event is a JSON object, several are an array", () => {
    expect(JSON.parse(text(encodeEvents([event(1)])))).toEqual(event(1));
    expect(JSON.parse(text(encodeEvents([event(1), event(2)])))).toEqual([event(1), event(2)]);
  });

  test("JSON that is too long for a text of JavaScript is rejected", () => {
    vi.spyOn(JSON, "stringify").mockImplementationOnce(() => {
      throw new RangeError("Invalid string length");
    });
    expect(() => encodeEvents([event(1)])).toThrow(
      expect.objectContaining({ code: "AETHER_EVENT_TOO_LARGE", actorId: "a", sizeBytes: 536_870_888 }),
    );
  });

  test("the events of several saves are one array, in the order of the saves", () => {
    const payloads = [[event(1)], [event(2), event(3)], [event(4)]].map((events) => ({
      json: encodeEvents(events),
      isArray: events.length > 1,
    }));
    expect(JSON.parse(text(joinPayloads(payloads)))).toEqual([1, 2, 3, 4].map((version) => event(version)));
  });

  test("the header block has the expected sequence and the versions", () => {
    expect(text(commitHeaders({ version: 2, sequence: 42 }, { first: 3, last: 9 }, 2))).toBe(
      "NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: 42\r\nAether-Versions: 3-9/2\r\n\r\n",
    );
  });

  test("a commit whose predecessor does not contain the latest version contains it itself", () => {
    const head = { version: 34, sequence: 0, heldAt: 0 };
    expect(text(commitHeaders(head, { first: 35, last: 35 }, 1))).toBe(
      "NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: 0\r\nAether-Versions: 35-35/1\r\nAether-After: 34/0\r\n\r\n",
    );
  });

  test("positions sort as text in the order of the stream, within a commit too", () => {
    const positions = new Positions("2026-01-01T00:00:00.123456789Z");
    const order = (
      [
        [9, 0],
        [9, 1],
        [9, 10],
        [10, 0],
        [2 ** 50, 0],
      ] as const
    ).map(([sequence, index]) => positions.at(sequence, index, "7"));
    expect([...order].sort()).toEqual(order);
    expect(new Set(order).size).toBe(order.length);
  });
});

describe("headerSpan", () => {
  test("reads what commitHeaders writes", () => {
    expect(headerSpan(message("", "3-9/2"))).toEqual({ first: 3, last: 9 });
    expect(headerSpan(message("", `1-${Number.MAX_SAFE_INTEGER}/2`))?.last).toBe(Number.MAX_SAFE_INTEGER);
  });

  test.each([
    [undefined],
    [""],
    ["3"],
    ["9-3/2"],
    ["0-1/1"],
    ["1-2"],
    ["a-b/c"],
    ["1-9999999999999999/1"],
    ["1-2/1\r\n"],
  ])("ignores %j", (versions) => {
    expect(headerSpan(message("", versions))).toBeUndefined();
  });
});

test("without the expected sequence beside it, the header is ignored", () => {
  const { header, ...others } = message("", "1-1/1");
  const alone: StoredMessage = { ...others, header: (name) => (name === VERSIONS_HEADER ? header(name) : undefined) };
  expect(headerSpan(alone)).toBeUndefined();
});
