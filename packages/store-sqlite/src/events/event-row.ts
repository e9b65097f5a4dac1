import { type Event, InvalidEventError, type Position, type ReplayError } from "@aether/core";
import { decodeEvent, formatPosition, parseJson, recordStamp } from "@aether/store-kit";
import { isKeyOf } from "../key.ts";
import type { EventRow } from "./read-rows.ts";

/**
 * Returns the event of a row.
 *
 * @param actorId - the actor whose events are read; `undefined` if all events are read
 * @throws `AETHER_INVALID_EVENT` if the row is malformed
 */
export function decodeRow<E extends Event>(row: EventRow, actorId?: string | undefined): E {
  if (typeof row.record !== "string") throw new InvalidEventError({ path: "", reason: "is not UTF-8" });
  const event = decodeEvent<E>(parseJson(row.record));
  const isOfActor = actorId === undefined ? isKeyOf(row.actor, event.actorId) : event.actorId === actorId;
  if (!isOfActor) throw new InvalidEventError({ path: "actorId", reason: "is not the actor whose record it is" });
  if (event.version === row.version) return event;
  throw new InvalidEventError({
    path: "version",
    reason: `is ${event.version}, but the record has ${row.version}`,
  });
}

/** Returns the position of an event with this id. */
export function positionOf(incarnation: string, sequence: number, id: string): Position {
  return formatPosition({ sequence, incarnation, stamp: recordStamp(id) });
}

/** Returns the report of a malformed row. */
export function replayErrorOf(incarnation: string, row: EventRow, cause: unknown): ReplayError {
  const raw = typeof row.record === "string" ? new TextEncoder().encode(row.record) : row.record;
  const position = formatPosition({ sequence: row.sequence, incarnation, stamp: recordStamp(raw) });
  return Object.freeze({ position, raw, cause });
}
