import { type Event, EventTooLargeError } from "@aether/core";
import { decodeUtf8, encodeJson, type NatsMessage } from "@aether/nats";
import { decodeEvent, parseJson } from "@aether/store-kit";

/**
 * Header of every message from a bus. Its value is `<bus id> <number>`, or `<bus id>:<generation> <number>` if the
 * generation is not 0. See {@link Origin}.
 */
const BUS_HEADER = "Aether-Bus";

/** Text of the header block before the value of its only header. */
export const HEADER_START: string = `NATS/1.0\r\n${BUS_HEADER}: `;
/** Text of the header block after the value of its only header. */
export const HEADER_END = "\r\n\r\n";

/** The bus that published a message, and the number that this bus gave to the message. */
export interface Origin {
  readonly busId: string;
  /**
   * Distinguishes numberings that are independent of each other. A bus increases the generation each time that it stops
   * counting the messages to a namespace, because it has published to too many namespaces.
   */
  readonly generation: number;
  /** Number of the message. Messages of one bus and generation to one namespace are numbered 1, 2, 3 and so on. */
  readonly sequence: number;
}

/** Header block and payload of a message. */
export interface EncodedMessage {
  /** A complete header block, from `NATS/1.0` to the empty line. */
  readonly header: Uint8Array;
  readonly payload: Uint8Array;
}

/**
 * Encodes a message. The payload is only the event's JSON object, so that any program can read and write it. The header
 * block is built as text together with the payload, which takes a sixth of the time of a client's header object.
 *
 * @throws `AETHER_EVENT_TOO_LARGE` if JavaScript cannot represent the JSON
 */
export function encodeMessage({ busId, generation, sequence }: Origin, event: Event): EncodedMessage {
  const publisher = generation === 0 ? busId : `${busId}:${generation}`;
  const header = `${HEADER_START}${publisher} ${sequence}${HEADER_END}`;
  const bytes = encodeJson(event, header);
  if ("sizeBytes" in bytes) {
    throw new EventTooLargeError({ actorId: event.actorId, sizeBytes: bytes.sizeBytes, limitBytes: undefined });
  }
  return { header: bytes.subarray(0, header.length), payload: bytes.subarray(header.length) };
}

/** Returns the event in a message, checked and deeply frozen. Throws if the message is not an event. */
export function decodeMessage({ data }: NatsMessage): Event {
  return decodeEvent(parseJson(decodeUtf8(data)));
}

/** Returns the origin of a message, or `undefined` if the message is not from a bus. */
export function originOf({ headers }: NatsMessage): Origin | undefined {
  return parseOrigin(headers?.get(BUS_HEADER) ?? "");
}

/** Parses the value of the header. Returns `undefined` if the value is not valid. */
export function parseOrigin(value: string): Origin | undefined {
  const [, busId, generation = "0", number] = /^([^ :]+)(?::(\d+))? (\d+)$/.exec(value) ?? [];
  const sequence = Number(number);
  return busId !== undefined && Number.isSafeInteger(sequence) && sequence > 0
    ? { busId, generation: Number(generation), sequence }
    : undefined;
}
