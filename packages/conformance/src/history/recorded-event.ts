import type { Event } from "@aether/core";
import type { RecordedEvent } from "./history.ts";

/**
 * Converts an event to the form that it has in a history.
 *
 * @example
 * ```ts
 * const contents = new Map([["order-1", (await store.getEvents("order-1")).map(recordedEvent)]]);
 * ```
 */
export function recordedEvent(event: Event): RecordedEvent {
  return { id: event.id, version: event.version, content: contentOf(event) };
}

/**
 * Converts the content of an event to text, without its id and version. Two texts are equal if, and only if, the
 * contents are equal as JSON. The order of properties does not matter.
 *
 * @example
 * ```ts
 * contentOf(event) === contentOf({ ...event }); // true: the order of the fields does not matter
 * ```
 */
export function contentOf({ actorId, eventType, data, metadata, timestamp }: Event): string {
  return JSON.stringify([actorId, eventType, data, metadata ?? null, timestamp], (_, value: unknown) => {
    if (Array.isArray(value)) return ["[]", ...value];
    return typeof value === "object" && value !== null ? ["{}", ...sortedEntries(value)] : value;
  });
}

/** Returns entries as an array, because an object would reorder numeric keys and lose `__proto__`. */
function sortedEntries(value: object): readonly unknown[] {
  return Object.entries(value)
    .filter(([, each]) => !["undefined", "function", "symbol"].includes(typeof each)) // JSON omits them
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flat();
}
