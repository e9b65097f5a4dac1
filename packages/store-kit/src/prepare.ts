import { type Event, type EventInput, InvalidEventError } from "@aether/core";
import { describe } from "./describe.ts";
import { checkEnvelope, checkMetadata } from "./envelope.ts";
import type { ErrorAt } from "./error-at.ts";
import { type EventDefaults, eventDefaults } from "./event-defaults.ts";
import { detachJson } from "./json.ts";

/**
 * Prepares a writer's event for storage: checks the event and returns a deeply frozen copy with an id and a timestamp.
 *
 * @param defaults - provides a missing id or timestamp; {@link eventDefaults} by default
 * @throws `AETHER_INVALID_EVENT` with the path to the offending value
 *
 * @example
 * ```ts
 * const stored = prepareEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data: {} });
 * ```
 */
export function prepareEvent<E extends Event>(
  event: EventInput<NoInfer<E>>,
  defaults: EventDefaults = eventDefaults,
): E {
  return prepareAt("", event, defaults) as E;
}

/**
 * Prepares the events of a batch for storage, each as {@link prepareEvent} does. The events must belong to one actor
 * and be in ascending version order.
 *
 * @param defaults - provides missing ids and timestamps; {@link eventDefaults} by default
 * @throws `AETHER_INVALID_EVENT` with the path to the offending value. The path begins with the index of the event:
 * `[1].version`
 *
 * @example
 * ```ts
 * const stored = prepareEvents(events);
 * ```
 */
export function prepareEvents<E extends Event>(
  events: readonly EventInput<NoInfer<E>>[],
  defaults: EventDefaults = eventDefaults,
): readonly E[] {
  const length = lengthOf(events);
  const prepared: E[] = [];
  for (let index = 0; index < length; index++) {
    const event = prepareAt(`[${index}]`, itemAt(events, index), defaults) as E;
    const previous = prepared[index - 1];
    if (previous !== undefined && event.actorId !== previous.actorId) {
      throw new InvalidEventError({
        path: `[${index}].actorId`,
        reason: "must be the same as in the previous event: a batch is for one actor",
      });
    }
    if (previous !== undefined && event.version <= previous.version) {
      throw new InvalidEventError({
        path: `[${index}].version`,
        reason: `must be greater than ${previous.version}, the version of the previous event`,
      });
    }
    prepared.push(event);
  }
  return prepared;
}

/** Returns the length of a batch. Throws `AETHER_INVALID_EVENT` unless the batch is an array. */
function lengthOf(events: readonly unknown[]): number {
  try {
    if (Array.isArray(events)) return events.length;
  } catch (cause) {
    throw new InvalidEventError({ path: "", reason: "cannot be read", cause });
  }
  throw new InvalidEventError({ path: "", reason: `must be an array of events, but is ${describe(events)}` });
}

function itemAt(events: readonly unknown[], index: number): unknown {
  try {
    return events[index];
  } catch (cause) {
    throw new InvalidEventError({ path: `[${index}]`, reason: "cannot be read", cause });
  }
}

function prepareAt(root: string, event: unknown, defaults: EventDefaults): Event {
  const errorAt: ErrorAt = (path, reason, cause) =>
    new InvalidEventError({ path: root === "" || path === "" ? root + path : `${root}.${path}`, reason, cause });
  const prepared = unchecked(event, errorAt);
  if (prepared.id === undefined) prepared.id = defaults.newId();
  if (prepared.timestamp === undefined) prepared.timestamp = defaults.now();
  checkEnvelope(prepared, errorAt);
  prepared.data = detachJson(prepared.data as object, "data", errorAt);
  if (prepared.metadata !== undefined) {
    prepared.metadata = detachJson(prepared.metadata as object, "metadata", errorAt);
    checkMetadata(prepared.metadata as object, errorAt);
  }
  return Object.freeze(prepared) as unknown as Event;
}

const fields: ReadonlySet<string> = new Set([
  "id",
  "eventType",
  "actorId",
  "version",
  "data",
  "metadata",
  "timestamp",
] satisfies (keyof Event)[]);

/** The fields of an event, by their names in other libraries. */
const fieldsByOtherName: ReadonlyMap<string, keyof Event> = new Map([
  ["type", "eventType"],
  ["payload", "data"],
  ["aggregateId", "actorId"],
  ["streamId", "actorId"],
]);

type UncheckedEvent = { [Field in Exclude<keyof Event, "metadata">]: unknown } & { metadata?: unknown };

/** Copies the fields of an event; each field is read only once. Throws if the event has other fields. */
function unchecked(event: unknown, errorAt: ErrorAt): UncheckedEvent {
  if (typeof event !== "object" || event === null) {
    throw errorAt("", `must be an event object, but is ${describe(event)}`);
  }
  try {
    if (Object.getOwnPropertySymbols(event).length > 0)
      throw errorAt("", "has a symbol as a key, which JSON would lose");
    for (const key in event) {
      if (fields.has(key) || !Object.hasOwn(event, key) || (event as Record<string, unknown>)[key] === undefined)
        continue;
      const meant = fieldsByOtherName.get(key);
      const hint = meant === undefined ? "" : `did you mean ${meant}? Otherwise `;
      throw errorAt(key, `is not a field of an event: ${hint}put it into data or metadata`);
    }
    // Object literals, because a loop over the fields would be slower.
    const { id, eventType, actorId, version, data, metadata, timestamp } = event as Partial<Event>;
    if (metadata === undefined) return { id, eventType, actorId, version, data, timestamp };
    return { id, eventType, actorId, version, data, metadata, timestamp };
  } catch (error) {
    throw error instanceof InvalidEventError ? error : errorAt("", "cannot be read", error);
  }
}
