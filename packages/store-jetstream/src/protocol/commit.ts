import { type Event, InvalidEventError, type Position, type ReplayError } from "@aether/core";
import { decodeUtf8, encodeText } from "@aether/nats";
import { decodeEvent } from "@aether/store-kit";
import type { Head } from "../actor.ts";
import { EXPECTATION_HEADER, EXPIRED_HEADER, VERSIONS_HEADER } from "./headers.ts";
import type { StoredMessage } from "./stored-message.ts";

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

/** Encodes the events of one save as JSON: one event as an object, several events as an array. */
export function encodeEvents(events: readonly Event[]): Uint8Array {
  return encodeText(JSON.stringify(events.length === 1 ? events[0] : events));
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
  const expired = head.sequence === 0 && head.version > 0 ? `${EXPIRED_HEADER}: ${head.version}\r\n` : "";
  const versions = `${VERSIONS_HEADER}: ${first}-${last}/${count}\r\n`;
  return encodeText(`NATS/1.0\r\n${EXPECTATION_HEADER}: ${head.sequence}\r\n${versions}${expired}\r\n`);
}

/**
 * Reads the versions from a commit's headers. Returns `undefined` if they are missing or invalid, which can happen if
 * another program wrote the message. They are ignored if the message has no expected sequence: its writer bypassed the
 * concurrency check, and may not know the earlier versions.
 */
export function headerSpan(message: StoredMessage): VersionSpan | undefined {
  if (message.header(EXPECTATION_HEADER) === undefined) return undefined;
  const [, first, last] = /^(\d{1,16})-(\d{1,16})\/\d{1,9}$/.exec(message.header(VERSIONS_HEADER) ?? "") ?? [];
  if (first === undefined || last === undefined) return undefined;
  const span = { first: Number(first), last: Number(last) };
  return span.first >= 1 && span.first <= span.last && Number.isSafeInteger(span.last) ? span : undefined;
}

/** The contents of commits: their events, and their malformed records. */
export interface DecodedCommit {
  readonly events: readonly Event[];
  readonly errors: readonly ReplayError[];
}

/**
 * Decodes consecutive commits of an actor. A record is malformed if it is not an event of this actor, or its version is
 * not greater than every earlier version. Malformed records do not affect the other records.
 *
 * @param afterVersion - the highest version that precedes the commits
 */
export function decodeCommits(
  messages: readonly StoredMessage[],
  actorId: string,
  afterVersion = 0,
): { readonly events: Event[]; readonly errors: readonly ReplayError[] } {
  const events: Event[] = [];
  const errors: ReplayError[] = [];
  let version = afterVersion;
  for (const message of messages) {
    const records = parseRecords(message, errors);
    for (let index = 0; index < records.length; index++) {
      try {
        const event = decodeEvent(records[index]);
        checkPlace(event, actorId, version);
        version = event.version;
        events.push(event);
      } catch (cause) {
        errors.push({ position: positionOf(message.sequence, index), raw: message.data, cause });
      }
    }
  }
  return { events, errors };
}

function parseRecords(message: StoredMessage, errors: ReplayError[]): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(decodeUtf8(message.data));
    if (!Array.isArray(parsed)) return [parsed];
    if (parsed.length === 0) throw new InvalidEventError({ path: "", reason: "must not be an empty array" });
    return parsed;
  } catch (cause) {
    errors.push({ position: positionOf(message.sequence, 0), raw: message.data, cause });
    return [];
  }
}

/** Throws if a record bypassed the concurrency check. A state computed from such a record would be wrong. */
function checkPlace(event: Event, actorId: string, afterVersion: number): void {
  if (event.actorId !== actorId) {
    throw new InvalidEventError({ path: "actorId", reason: "is not the actor of the subject that the record is on" });
  }
  if (event.version <= afterVersion) {
    throw new InvalidEventError({ path: "version", reason: `is ${event.version}, but comes after ${afterVersion}` });
  }
}

/**
 * The position of an event: the sequence of its message and its index in the commit, padded with zeros so that
 * positions sort correctly as text.
 */
export function positionOf(sequence: number, index: number): Position {
  return `${String(sequence).padStart(16, "0")}-${String(index).padStart(7, "0")}` as Position;
}
