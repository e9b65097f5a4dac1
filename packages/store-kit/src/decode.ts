import { type Event, InvalidEventError } from "@aether/core";
import { checkEnvelope, checkMetadata } from "./envelope.ts";
import { freezeJson } from "./json.ts";
import { describe, type Refuse } from "./refusal.ts";

const refuse: Refuse = (path, reason, cause) => new InvalidEventError({ path, reason, cause });

/**
 * Makes an event of what `JSON.parse` made of a stored or received record: checked and deeply frozen, in place. Fields
 * that events do not have stay on it, so that a newer program's record survives an older one's reading.
 *
 * @throws `AETHER_INVALID_EVENT` when it is no event
 *
 * @example
 * ```ts
 * const event = decodeEvent(JSON.parse(line));
 * ```
 */
export function decodeEvent(record: unknown): Event {
  if (!isRecord(record)) throw refuse("", `must be an event object, but is ${describe(record)}`);
  const event = record as Partial<Event>;
  checkEnvelope(event as Event, refuse);
  if (!isRecord(event.data)) throw refuse("data", `must be a JSON object, but is ${describe(event.data)}`);
  if (event.metadata !== undefined) {
    if (!isRecord(event.metadata))
      throw refuse("metadata", `must be a JSON object, but is ${describe(event.metadata)}`);
    checkMetadata(event.metadata, refuse);
  }
  return freezeJson(record, "", refuse, 0) as unknown as Event;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
