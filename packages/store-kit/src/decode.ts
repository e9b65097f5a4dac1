import { type Event, InvalidEventError } from "@aether/core";
import { describe } from "./describe.ts";
import { checkEnvelope, checkMetadata } from "./envelope.ts";
import type { ErrorAt } from "./error-at.ts";
import { freezeJson } from "./json.ts";

const errorAt: ErrorAt = (path, reason, cause) => new InvalidEventError({ path, reason, cause });

/**
 * Turns a stored or received record, parsed with {@link parseJson}, into an event. Checks the record and deeply freezes
 * it in place. Unknown fields, such as those that a newer program has added, are kept. Only the fields that every event
 * has are checked: the event types and the data of `E` are the caller's responsibility.
 *
 * @throws `AETHER_INVALID_EVENT` if the record is not an event
 *
 * @example
 * ```ts
 * const event = decodeEvent(parseJson(line));
 * ```
 */
export function decodeEvent<E extends Event = Event>(record: unknown): E {
  if (!isRecord(record)) throw errorAt("", `must be an event object, but is ${describe(record)}`);
  const event = record as Partial<Event>;
  checkEnvelope(event as Event, errorAt);
  if (!isRecord(event.data)) throw errorAt("data", `must be a JSON object, but is ${describe(event.data)}`);
  if (event.metadata !== undefined) {
    if (!isRecord(event.metadata))
      throw errorAt("metadata", `must be a JSON object, but is ${describe(event.metadata)}`);
    checkMetadata(event.metadata, errorAt);
  }
  return freezeJson(record, "", errorAt, 0) as unknown as E;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
