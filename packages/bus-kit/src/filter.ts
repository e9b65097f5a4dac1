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
    const wanted = namesIn(eventTypes);
    if (wanted === undefined)
      throw invalid("eventTypes", "must be an array of at least one event type; leave it out for every type");
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

/** The names in an array; `undefined` if that is not what it is. */
function namesIn(value: readonly unknown[]): ReadonlySet<string> | undefined {
  try {
    const names: ReadonlySet<unknown> = new Set(Array.isArray(value) ? value : []);
    return names.size > 0 && [...names].every(isName) ? (names as ReadonlySet<string>) : undefined;
  } catch {
    return undefined; // a proxy
  }
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument: `options.${argument}`, reason });
}
