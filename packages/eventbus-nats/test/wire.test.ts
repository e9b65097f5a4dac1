import { describe, expect, test, vi } from "vitest";
import { decodeMessage, encodeMessage, originOf } from "../src/wire.ts";
import { eventOf } from "./support/events.ts";
import { headersOf } from "./support/headers.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

describe("a message", () => {
  const event = eventOf(7, { data: { text: "é💥\u0000" } });
  const { header, payload } = encodeMessage({ busId: "bus-1", generation: 0, sequence: 12 }, event);

  test("has a complete header block, and only the event's JSON as its payload", () => {
    expect(decoder.decode(header)).toBe("NATS/1.0\r\nAether-Bus: bus-1 12\r\n\r\n");
    expect(decoder.decode(payload)).toBe(JSON.stringify(event));
  });

  test("can be decoded: event and origin", () => {
    const message = { subject: "p.a", data: payload, headers: headersOf(() => "bus-1 12") };
    expect(decodeMessage(message)).toEqual(event);
    expect(originOf(message)).toEqual({ busId: "bus-1", generation: 0, sequence: 12 });
  });

  test("of a later generation has the generation in its header", () => {
    const origin = { busId: "bus-1", generation: 3, sequence: 1 };
    expect(decoder.decode(encodeMessage(origin, event).header)).toBe("NATS/1.0\r\nAether-Bus: bus-1:3 1\r\n\r\n");
    expect(originOf({ subject: "p.a", data: payload, headers: headersOf(() => "bus-1:3 1") })).toEqual(origin);
  });

  test("whose JSON is too long for a text of JavaScript is rejected", () => {
    vi.spyOn(JSON, "stringify").mockImplementationOnce(() => {
      throw new RangeError("Invalid string length");
    });
    expect(() => encodeMessage({ busId: "bus-1", generation: 0, sequence: 1 }, event)).toThrow(
      expect.objectContaining({ code: "AETHER_EVENT_TOO_LARGE", sizeBytes: 536_870_888 }),
    );
  });

  test.each(["", "bus-1", " 12", "bus-1 0", "bus-1 -1", "bus-1 1.5", "bus-1 1e99", "bus-1 x"])(
    "with the header %j has no origin",
    (value) => expect(originOf({ subject: "p.a", data: payload, headers: headersOf(() => value) })).toBeUndefined(),
  );
});
