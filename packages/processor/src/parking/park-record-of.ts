import type { Event, Position, StoredEvent } from "@aether/core";
import type { WorkEnd } from "../handling/attempts.ts";
import { describeError, type ParkRecord } from "../state/park-index.ts";

/**
 * Creates the record of an actor that is parked.
 * @param after - position to read after, so that the failed event is the first one to handle
 */
export function parkRecordOf<E extends Event>(
  { event, position }: StoredEvent<E>,
  { error, attempts }: Extract<WorkEnd, { status: "failed" }>,
  after: Position | null,
): ParkRecord {
  return {
    actorId: event.actorId,
    position,
    eventId: event.id,
    eventType: event.eventType,
    version: event.version,
    after,
    parkedAt: new Date().toISOString(),
    attempts,
    error: describeError(error),
    request: null,
  };
}
