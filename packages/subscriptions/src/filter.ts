import { type Event, InvalidArgumentError, type SubscribeOptions } from "@aether/core";

/** Tells whether a subscription wants an event. It throws what the application's own `filter` throws. */
export type EventFilter = (event: Event) => boolean;

/**
 * One function for all filters of a subscription, or `undefined` if it takes every event.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 */
export function filterOf(options: SubscribeOptions): EventFilter | undefined {
  const { eventTypes, actorId, actorIdPrefix, filter } = options;
  const filters: EventFilter[] = [];
  if (eventTypes !== undefined) {
    if (!Array.isArray(eventTypes) || eventTypes.length === 0 || eventTypes.some((type) => !isName(type))) {
      throw invalid("eventTypes", "must be an array of at least one event type; leave it out for every type");
    }
    const wanted: ReadonlySet<string> = new Set(eventTypes);
    filters.push((event) => wanted.has(event.eventType));
  }
  if (actorId !== undefined) {
    if (!isName(actorId)) throw invalid("actorId", "must be a string that is not empty");
    filters.push((event) => event.actorId === actorId);
  }
  if (actorIdPrefix !== undefined) {
    if (!isName(actorIdPrefix)) throw invalid("actorIdPrefix", "must be a string that is not empty");
    filters.push((event) => event.actorId.startsWith(actorIdPrefix));
  }
  if (filter !== undefined) {
    if (typeof filter !== "function") throw invalid("filter", "must be a function");
    filters.push((event) => filter(event));
  }
  const [first, ...others] = filters;
  if (first === undefined || others.length === 0) return first;
  return (event) => filters.every((each) => each(event));
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument: `options.${argument}`, reason });
}
