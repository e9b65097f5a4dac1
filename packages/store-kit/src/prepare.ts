import { type Event, InvalidEventError, type NewEvent } from "@aether/core";
import { checkEnvelope, checkMetadata } from "./envelope.ts";
import { detachJson } from "./json.ts";
import { describe, type Refuse } from "./refusal.ts";

/** Where a store takes from what the writer left out. */
export interface EventDefaults {
  /** A new id, unique everywhere. */
  newId(): string;
  /** The current time, RFC 3339. */
  now(): string;
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

/**
 * Makes the event that a store keeps from what a writer handed in: checked, complete, detached from the caller's objects
 * and deeply frozen.
 *
 * @throws `AETHER_INVALID_EVENT` with the path to the culprit
 *
 * @example
 * ```ts
 * const defaults: EventDefaults = { newId: () => crypto.randomUUID(), now: () => new Date().toISOString() };
 * const kept = prepareEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data: {} }, defaults);
 * ```
 */
export function prepareEvent<E extends Event>(event: NewEvent<E>, defaults: EventDefaults): E {
  return prepareAt("", event, defaults) as E;
}

/**
 * Makes the events that a store keeps from a batch: each as {@link prepareEvent} does, all of one actor, ascending.
 *
 * @throws `AETHER_INVALID_EVENT` with the path to the culprit, which begins with its index: `[1].version`
 *
 * @example
 * ```ts
 * const kept = prepareEvents(events, defaults); // all of one actor, ascending
 * ```
 */
export function prepareEvents<E extends Event>(events: readonly NewEvent<E>[], defaults: EventDefaults): readonly E[] {
  const length = lengthOf(events);
  const prepared: E[] = [];
  for (let index = 0; index < length; index++) {
    const event = prepareAt(`[${index}]`, itemAt(events, index), defaults) as E;
    const previous = prepared[index - 1];
    if (previous !== undefined && event.actorId !== previous.actorId) {
      throw new InvalidEventError({
        path: `[${index}].actorId`,
        reason: "must be that of the events before it: a batch is for one actor",
      });
    }
    if (previous !== undefined && event.version <= previous.version) {
      throw new InvalidEventError({
        path: `[${index}].version`,
        reason: `must be greater than ${previous.version}, the one before it`,
      });
    }
    prepared.push(event);
  }
  return prepared;
}

/** The length of a batch, read once. */
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
  const refuse: Refuse = (path, reason, cause) =>
    new InvalidEventError({ path: root === "" || path === "" ? root + path : `${root}.${path}`, reason, cause });
  const prepared = readFields(event, refuse);
  if (prepared.id === undefined) prepared.id = defaults.newId();
  if (prepared.timestamp === undefined) prepared.timestamp = defaults.now();
  checkEnvelope(prepared, refuse);
  prepared.data = detachJson(prepared.data as object, "data", refuse);
  if (prepared.metadata !== undefined) {
    prepared.metadata = detachJson(prepared.metadata as object, "metadata", refuse);
    checkMetadata(prepared.metadata as object, refuse);
  }
  return Object.freeze(prepared) as unknown as Event;
}

/** An event on its way: nothing of it is checked yet. */
type Fields = { [Field in Exclude<keyof Event, "metadata">]: unknown } & { metadata?: unknown };

/** Reads each field once, into an object of its own, so that what is checked is what is kept. */
function readFields(event: unknown, refuse: Refuse): Fields {
  if (typeof event !== "object" || event === null) {
    throw refuse("", `must be an event object, but is ${describe(event)}`);
  }
  try {
    for (const key in event) {
      if (fields.has(key) || !Object.hasOwn(event, key) || (event as Record<string, unknown>)[key] === undefined)
        continue;
      throw refuse(key, "is not a field of an event: put it into data or metadata");
    }
    const { id, eventType, actorId, version, data, metadata, timestamp } = event as Partial<Event>;
    if (metadata === undefined) return { id, eventType, actorId, version, data, timestamp };
    return { id, eventType, actorId, version, data, metadata, timestamp };
  } catch (error) {
    throw error instanceof InvalidEventError ? error : refuse("", "cannot be read", error);
  }
}
