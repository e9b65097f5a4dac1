import { type Event, InvalidEventError, type ReplayError } from "@aether/core";
import { MalformedRecords } from "./malformed-records.ts";
import type { Positions } from "./positions.ts";
import { decodeRecord, parseRecords, stampOf } from "./records.ts";
import type { StoredMessage } from "./stored-message.ts";
import { inTimeSlices } from "./time-slices.ts";

/** The contents of commits: their events, and their malformed records. */
export interface DecodedCommits {
  readonly events: readonly Event[];
  readonly errors: readonly ReplayError[];
  /** For each message, the number of events up to its end. */
  readonly ends: readonly number[];
  /** For each event, its index in its message. */
  readonly indices: readonly number[];
}

/** Number of bytes after which the decoder checks whether its time slice is over. This takes about a millisecond. */
const STEP_BYTES = 64 * 1024;
/** Number of malformed records after which the decoder checks whether its time slice is over. */
const STEP_ERRORS = 100;

/**
 * Decodes consecutive commits of an actor. A record is malformed if it is not an event of this actor, or its version is
 * not greater than every earlier version. Malformed records do not affect the other records. Large messages and many
 * malformed records are decoded in several time slices, so that they do not block the event loop.
 *
 * @param afterVersion - the highest version that precedes the commits
 */
export function decodeCommits(
  messages: readonly StoredMessage[],
  actorId: string,
  positions: Positions,
  afterVersion = 0,
): Promise<DecodedCommits> {
  return inTimeSlices(decodeInSteps(messages, actorId, positions, afterVersion));
}

function* decodeInSteps(
  messages: readonly StoredMessage[],
  actorId: string,
  positions: Positions,
  afterVersion: number,
): Generator<undefined, DecodedCommits, undefined> {
  const events: Event[] = [];
  const errors: ReplayError[] = [];
  const ends: number[] = [];
  const indices: number[] = [];
  let version = afterVersion;
  let stepBytes = 0;
  let stepErrors = 0;
  for (const message of messages) {
    const records = parseRecords(message.data);
    let malformed: MalformedRecords | undefined;
    for (let index = 0; index < records.length; index++) {
      const record = records[index];
      if (malformed?.isFull === true && !mayBeEvent(record, actorId)) {
        malformed.omit(index);
        continue;
      }
      let event: Event | undefined;
      try {
        event = decodeRecord(record);
        checkPlace(event, actorId, version);
        version = event.version;
        events.push(event);
        indices.push(index);
      } catch (cause) {
        malformed ??= new MalformedRecords();
        malformed.add(index, cause, event !== undefined);
        if (++stepErrors % STEP_ERRORS === 0) yield;
      }
    }
    if (malformed !== undefined) {
      const hasEvent = events.length > (ends.at(-1) ?? 0);
      const stamp = stampOf(records, message.data);
      for (const { index, cause } of malformed.summary(records.length, hasEvent)) {
        errors.push({ position: positions.at(message.sequence, index, stamp), raw: message.data, cause });
      }
    }
    ends.push(events.length);
    stepBytes += message.data.length;
    if (stepBytes < STEP_BYTES) continue;
    stepBytes = 0;
    yield;
  }
  return { events, errors, ends, indices };
}

/** Returns false if a record is certainly not an event of the actor. It takes a hundredth of the time of an error. */
function mayBeEvent(record: unknown, actorId: string): boolean {
  if (typeof record !== "object" || record === null) return false;
  const { id, eventType, actorId: owner, version, data, timestamp } = record as Partial<Event>;
  return (
    owner === actorId &&
    typeof id === "string" &&
    typeof eventType === "string" &&
    typeof version === "number" &&
    typeof data === "object" &&
    typeof timestamp === "string"
  );
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
