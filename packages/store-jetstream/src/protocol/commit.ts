import { type Event, EventTooLargeError } from "@aether/core";
import { encodeJson, encodeText } from "@aether/nats";
import type { Head } from "../actor.ts";
import { AFTER_HEADER, EXPECTATION_HEADER, VERSIONS_HEADER } from "./headers.ts";
import type { MessageHead } from "./stored-message.ts";

/**
 * Upper bound of the size of a commit's header block, in bytes. A commit is one message with the events of one or
 * several saves.
 */
export const MAX_HEADER_BYTES = 200;

/** The first and the last version of a commit. */
export interface VersionSpan {
  readonly first: number;
  readonly last: number;
}

/**
 * Encodes the events of one save as JSON: one event as an object, several events as an array.
 * @throws `AETHER_EVENT_TOO_LARGE` if JavaScript cannot represent the JSON
 */
export function encodeEvents(events: readonly Event[]): Uint8Array {
  const json = encodeJson(events.length === 1 ? (events[0] as Event) : events);
  if (!("sizeBytes" in json)) return json;
  const actorId = events[0]?.actorId ?? "";
  throw new EventTooLargeError({ actorId, sizeBytes: json.sizeBytes, limitBytes: undefined });
}

/** Joins the events of several saves into the JSON array of one commit. */
export function joinPayloads(
  payloads: readonly { readonly json: Uint8Array; readonly isArray: boolean }[],
): Uint8Array {
  const parts = payloads.map(({ json, isArray }) => (isArray ? json.subarray(1, -1) : json));
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length + 1, 1));
  joined[0] = 0x5b; // [
  let end = 1;
  for (const part of parts) {
    joined.set(part, end);
    end += part.length;
    joined[end++] = 0x2c; // ,
  }
  joined[end - 1] = 0x5d; // ] in place of the last comma
  return joined;
}

/** Encodes the header block of a commit that follows a head. */
export function commitHeaders(head: Head, { first, last }: VersionSpan, count: number): Uint8Array {
  const after = head.heldAt === undefined ? "" : `${AFTER_HEADER}: ${head.version}/${head.heldAt}\r\n`;
  const versions = `${VERSIONS_HEADER}: ${first}-${last}/${count}\r\n`;
  return encodeText(`NATS/1.0\r\n${EXPECTATION_HEADER}: ${head.sequence}\r\n${versions}${after}\r\n`);
}

/**
 * Reads the versions from a commit's headers. Returns `undefined` if they are missing or invalid, which can happen if
 * another program wrote the message. They are ignored if the message has no expected sequence: its writer bypassed the
 * concurrency check, and may not know the earlier versions.
 */
export function headerSpan(message: MessageHead): VersionSpan | undefined {
  if (message.header(EXPECTATION_HEADER) === undefined) return undefined;
  const [, first, last] = /^(\d{1,16})-(\d{1,16})\/\d{1,9}$/.exec(message.header(VERSIONS_HEADER) ?? "") ?? [];
  if (first === undefined || last === undefined) return undefined;
  const span = { first: Number(first), last: Number(last) };
  return span.first >= 1 && span.first <= span.last && Number.isSafeInteger(span.last) ? span : undefined;
}

/** The version that a commit follows, and the sequence of the message that holds it; 0 if it has expired. */
export interface Predecessor {
  readonly version: number;
  readonly heldAt: number;
}

/** Reads the version that a commit follows. Returns `undefined` if its headers do not contain it. */
export function headerPredecessor(message: MessageHead): Predecessor | undefined {
  const [, version, heldAt] = /^(\d{1,16})\/(\d{1,16})$/.exec(message.header(AFTER_HEADER) ?? "") ?? [];
  return version === undefined ? undefined : { version: Number(version), heldAt: Number(heldAt) };
}
