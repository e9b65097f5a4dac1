import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeMessage, eventOf, OriginReader, originOf } from "../src/wire.ts";
import { eventOf as sample } from "./support/events.ts";
import { headersOf } from "./support/headers.ts";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

describe("a message", () => {
  const event = sample(7, { data: { text: "é💥\u0000" } });
  const { header, payload } = encodeMessage({ busId: "bus-1", generation: 0, sequence: 12 }, event);

  test("has a complete header block, and the event's JSON alone as its payload", () => {
    expect(decoder.decode(header)).toBe("NATS/1.0\r\nAether-Bus: bus-1 12\r\n\r\n");
    expect(decoder.decode(payload)).toBe(JSON.stringify(event));
  });

  test("is read again: event and origin", () => {
    const message = { subject: "p.a", data: payload, headers: headersOf(() => "bus-1 12") };
    expect(eventOf(message)).toEqual(event);
    expect(originOf(message)).toEqual({ busId: "bus-1", generation: 0, sequence: 12 });
  });

  test("of a namespace that is numbered anew says so", () => {
    const again = { busId: "bus-1", generation: 3, sequence: 1 };
    expect(decoder.decode(encodeMessage(again, event).header)).toBe("NATS/1.0\r\nAether-Bus: bus-1:3 1\r\n\r\n");
    expect(originOf({ subject: "p.a", data: payload, headers: headersOf(() => "bus-1:3 1") })).toEqual(again);
  });

  test.each(["", "bus-1", " 12", "bus-1 0", "bus-1 -1", "bus-1 1.5", "bus-1 1e99", "bus-1 x"])(
    "with the header %j is from no bus",
    (value) => expect(originOf({ subject: "p.a", data: payload, headers: headersOf(() => value) })).toBeUndefined(),
  );
});

describe("the reader of origins", () => {
  /** A message as the clients hand it out: the block stands before the payload, in a larger buffer. */
  const arrived = (block: string) => {
    const bytes = new TextEncoder().encode(`${block}{}`);
    const value = /Aether-Bus: (.*)\r\n/.exec(block)?.[1] ?? "";
    return { subject: "p.a", data: bytes, headers: headersOf(() => value), _rdata: bytes, _msg: { hdr: block.length } };
  };
  const blockOf = (value: string): string => `NATS/1.0\r\nAether-Bus: ${value}\r\n\r\n`;

  test("tells what the client's own header objects tell, whatever came before", () => {
    const value = fc.oneof(
      fc.tuple(
        fc.constantFrom("bus-1", "bus-12", "bus-1:1", "b"),
        fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.maxSafeInteger()),
      ),
      fc.tuple(
        fc.constantFrom("bus-1", "", " ", "bus-1 "),
        fc.constantFrom("", "x", "1x", "-1", "1e3", "0", "1".repeat(16)),
      ),
    );
    const block = fc.oneof(
      { weight: 5, arbitrary: value.map(([bus, number]) => blockOf(`${bus} ${number}`)) },
      value.map(([bus, number]) => `NATS/1.0\r\nOther: 1\r\nAether-Bus: ${bus} ${number}\r\n\r\n`),
      value.map(([bus, number]) => `NATS/1.0\r\nAether-Bus: ${bus} ${number}\r\nOther: 1\r\n\r\n`),
      fc.constant("NATS/1.0\r\nOther: 1\r\n\r\n"),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 20 }), (blocks) => {
        const reader = new OriginReader();
        for (const each of blocks) expect(reader.read(arrived(each))).toEqual(originOf(arrived(each)));
      }),
    );
  });

  test("asks the client where there is no block to be had", () => {
    const message = { subject: "p.a", data: new Uint8Array(), headers: headersOf(() => "bus-1 12") };
    expect(new OriginReader().read(message)).toEqual({ busId: "bus-1", generation: 0, sequence: 12 });
  });
});
