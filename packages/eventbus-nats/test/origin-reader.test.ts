import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OriginReader } from "../src/receive/origin-reader.ts";
import { originOf } from "../src/wire.ts";
import { headersOf } from "./support/headers.ts";

describe("OriginReader", () => {
  /** Returns a message in the form that clients use: its header block is in a larger buffer, before the payload. */
  const delivered = (block: string) => {
    const bytes = new TextEncoder().encode(`${block}{}`);
    const value = /Aether-Bus: (.*)\r\n/.exec(block)?.[1] ?? "";
    return { subject: "p.a", data: bytes, headers: headersOf(() => value), _rdata: bytes, _msg: { hdr: block.length } };
  };
  const blockOf = (value: string): string => `NATS/1.0\r\nAether-Bus: ${value}\r\n\r\n`;

  test("returns the same origins as the client's header objects, for any sequence of messages", () => {
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
        for (const each of blocks) expect(reader.read(delivered(each))).toEqual(originOf(delivered(each)));
      }),
    );
  });

  test("uses the client's header object if the header block is not available", () => {
    const message = { subject: "p.a", data: new Uint8Array(), headers: headersOf(() => "bus-1 12") };
    expect(new OriginReader().read(message)).toEqual({ busId: "bus-1", generation: 0, sequence: 12 });
  });
});
