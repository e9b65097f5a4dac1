import type { Event } from "@aether/core";
import type { RecordedEvent } from "./history.ts";

/**
 * Converts an event to its form in a history.
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
 * Converts the content of an event to text. Two texts are equal if, and only if, the events have the same JSON,
 * whatever the order of their properties. The id and the version are not part of it.
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

/** Lists entries as an array, because an object would reorder numeric keys and lose `__proto__`. */
function sortedEntries(value: object): readonly unknown[] {
  return Object.entries(value)
    .filter(([, each]) => !["undefined", "function", "symbol"].includes(typeof each)) // JSON omits them
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .flat();
}
