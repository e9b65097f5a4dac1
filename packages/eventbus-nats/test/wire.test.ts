import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TextPool } from "../src/text-pool.ts";
import { encodeMessage, eventOf, originOf } from "../src/wire.ts";
import { eventOf as sample } from "./support/events.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

test("texts of any length and script are encoded one behind the other, and none changes another", () => {
  const pool = new TextPool();
  const scripts = fc.constantFrom("a", "é", "注", "💥");
  const texts = fc.array(fc.tuple(scripts, fc.integer({ min: 0, max: 9_000 })), { maxLength: 40 });
  fc.assert(
    fc.property(texts, (parts) => {
      const wanted = parts.map(([script, length]) => script.repeat(length));
      const encoded = wanted.map((text) => pool.encode(text));
      expect(encoded.map((bytes) => decoder.decode(bytes)).every((text, at) => text === wanted[at])).toBe(true);
    }),
    { numRuns: 50 },
  );
});

describe("a message", () => {
  const event = sample(7, { data: { text: "é💥\u0000" } });
  const { header, payload } = encodeMessage({ busId: "bus-1", generation: 0, sequence: 12 }, event);

  test("has a complete header block, and the event's JSON alone as its payload", () => {
    expect(decoder.decode(header)).toBe("NATS/1.0\r\nAether-Bus: bus-1 12\r\n\r\n");
    expect(decoder.decode(payload)).toBe(JSON.stringify(event));
  });

  test("is read again: event and origin", () => {
    const message = { subject: "p.a", data: payload, headers: { get: () => "bus-1 12" } };
    expect(eventOf(message)).toEqual(event);
    expect(originOf(message)).toEqual({ busId: "bus-1", generation: 0, sequence: 12 });
  });

  test("of a namespace that is numbered anew says so", () => {
    const again = { busId: "bus-1", generation: 3, sequence: 1 };
    expect(decoder.decode(encodeMessage(again, event).header)).toBe("NATS/1.0\r\nAether-Bus: bus-1:3 1\r\n\r\n");
    expect(originOf({ subject: "p.a", data: payload, headers: { get: () => "bus-1:3 1" } })).toEqual(again);
  });

  test.each(["", "bus-1", " 12", "bus-1 0", "bus-1 -1", "bus-1 1.5", "bus-1 1e99", "bus-1 x"])(
    "with the header %j is from no bus",
    (value) => expect(originOf({ subject: "p.a", data: payload, headers: { get: () => value } })).toBeUndefined(),
  );
});
