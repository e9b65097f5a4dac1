import { decodeEvent } from "@aether/codec";
import type { Event } from "@aether/core";
import type { NatsMessage } from "./nats-connection.ts";
import { TextPool } from "./text-pool.ts";

/** The header that says which bus published a message, and its number among those of this bus and namespace. */
const BUS_HEADER = "Aether-Bus";

/** Where a message comes from, if a bus published it. */
export interface Origin {
  readonly busId: string;
  /** Of the numbers: those of another generation begin anew. */
  readonly generation: number;
  /** From 1 on, without a gap, for each namespace. */
  readonly sequence: number;
}

/** What is sent of a message. */
export interface EncodedMessage {
  /** A complete header block, from `NATS/1.0` to the empty line. */
  readonly header: Uint8Array;
  /** The event's JSON object, and nothing else, so that any program can read and write it. */
  readonly payload: Uint8Array;
}

const pool = new TextPool();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Writes the header by hand and both in one piece: that costs a sixth of what the clients' own header objects cost. */
export function encodeMessage({ busId, generation, sequence }: Origin, event: Event): EncodedMessage {
  const publisher = generation === 0 ? busId : `${busId}:${generation}`;
  const header = `NATS/1.0\r\n${BUS_HEADER}: ${publisher} ${sequence}\r\n\r\n`;
  const bytes = pool.encode(header + JSON.stringify(event));
  return { header: bytes.subarray(0, header.length), payload: bytes.subarray(header.length) };
}

/** The event of a message: checked, deeply frozen. @throws what says why it is none */
export function eventOf({ data }: NatsMessage): Event {
  return decodeEvent(JSON.parse(decoder.decode(data)));
}

/** The origin of a message, or `undefined` if it is not from a bus. */
export function originOf({ headers }: NatsMessage): Origin | undefined {
  const value = headers?.get(BUS_HEADER);
  if (value === undefined || value === "") return undefined;
  const [, busId, generation = "0", number] = /^([^ :]+)(?::(\d+))? (\d+)$/.exec(value) ?? [];
  const sequence = Number(number);
  return busId !== undefined && Number.isSafeInteger(sequence) && sequence > 0
    ? { busId, generation: Number(generation), sequence }
    : undefined;
}
