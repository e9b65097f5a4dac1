import { event } from "./events.ts";

/** Bytes that are not an event that actor `actorId` may have after its event 1. */
export interface MalformedRecord {
  readonly kind: string;
  readonly bytes: Uint8Array;
}

/** One malformed record of every kind. No record contains a line feed or another control character. */
export function malformedRecords(actorId: string): readonly MalformedRecord[] {
  const encoder = new TextEncoder();
  const next = JSON.stringify(event(actorId, 2, { id: "malformed", data: { text: "~" } }));
  const texts: Readonly<Record<string, string>> = {
    "text that is not JSON": "no JSON",
    "no bytes": "",
    "an event whose end is missing": next.slice(0, -2),
    null: "null",
    "a number": "7",
    "an empty array": "[]",
    "an object that is not an event": '{"id":"malformed","__proto__":{"version":2}}',
    "an event without a timestamp": JSON.stringify({ ...event(actorId, 2), timestamp: undefined }),
    "an event whose version is text": JSON.stringify({ ...event(actorId, 2), version: "2" }),
    "an event whose metadata is not text": JSON.stringify({ ...event(actorId, 2), metadata: { n: 2 } }),
    "an event of another actor": JSON.stringify(event(`not ${actorId}`, 2)),
    "an event of a version that is already stored": JSON.stringify(event(actorId, 1, { id: "malformed" })),
    "an event that is nested 5,000 levels deep": next.replace('"~"', `${"[".repeat(5_000)}${"]".repeat(5_000)}`),
    "an array of 10,000 numbers": JSON.stringify(new Array(10_000).fill(7)),
  };
  const records = Object.entries(texts).map(([kind, text]) => ({ kind, bytes: encoder.encode(text) }));
  const notUtf8 = encoder.encode(next).map((byte) => (byte === 0x7e ? 0xff : byte));
  return [
    ...records,
    { kind: "an event that is not UTF-8", bytes: notUtf8 },
    { kind: "bytes that are not text", bytes: Uint8Array.of(0xc3, 0x28, 0xff, 0xfe, 0x80) },
  ];
}

/** Returns true if some bytes contain others without interruption. */
export function containsBytes(all: Uint8Array, part: Uint8Array): boolean {
  for (let start = all.indexOf(part[0] ?? -1); start !== -1; start = all.indexOf(part[0] ?? -1, start + 1)) {
    if (part.every((byte, index) => all[start + index] === byte)) return true;
  }
  return part.length === 0;
}
