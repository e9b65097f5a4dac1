import { type Event, invalid, type SubscribeOptions } from "@aether/core";

/** Returns true for the events that a subscription receives. Throws if the application's own `filter` throws. */
export type EventFilter = (event: Event) => boolean;

/**
 * Combines all filter options of a subscription into one function. Returns `undefined` if there are none.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 */
export function filterOf(options: SubscribeOptions): EventFilter | undefined {
  const { eventTypes, actorId, actorIdPrefix, filter } = options;
  const filters: EventFilter[] = [];
  if (eventTypes !== undefined) {
    const wanted = namesIn(eventTypes);
    if (wanted === undefined)
      throw invalid("options.eventTypes", "must be an array of at least one event type; leave it out for every type");
    filters.push((event) => wanted.has(event.eventType));
  }
  if (actorId !== undefined) {
    if (!isName(actorId)) throw invalid("options.actorId", "must be a non-empty string");
    filters.push((event) => event.actorId === actorId);
  }
  if (actorIdPrefix !== undefined) {
    if (!isName(actorIdPrefix)) throw invalid("options.actorIdPrefix", "must be a non-empty string");
    filters.push((event) => event.actorId.startsWith(actorIdPrefix));
  }
  if (filter !== undefined) {
    if (typeof filter !== "function") throw invalid("options.filter", "must be a function");
    filters.push((event) => filter(event));
  }
  const [first, ...others] = filters;
  if (first === undefined || others.length === 0) return first;
  return (event) => filters.every((each) => each(event));
}

/** Returns the names in an array, or `undefined` if the value is not a non-empty array of names. */
function namesIn(value: readonly unknown[]): ReadonlySet<string> | undefined {
  try {
    const names: ReadonlySet<unknown> = new Set(Array.isArray(value) ? value : []);
    return names.size > 0 && [...names].every(isName) ? (names as ReadonlySet<string>) : undefined;
  } catch {
    return undefined; // a proxy that throws
  }
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
