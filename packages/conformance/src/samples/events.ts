import type { Event, NewEvent } from "@aether/core";

/** A timestamp in the past. A store that replaces it by the current time is detected. */
export const TIMESTAMP = "2024-02-29T12:00:00.123456789+01:00";

/** Creates a complete event. Reads must return exactly these fields. */
export function event(actorId: string, version: number, more: Partial<Event> = {}): Event {
  const id = `${actorId}#${version}`;
  return { id, eventType: "Tested", actorId, version, data: { n: version }, timestamp: TIMESTAMP, ...more };
}

/** Creates one complete event for each version. */
export function events(actorId: string, versions: readonly number[]): readonly Event[] {
  return versions.map((version) => event(actorId, version));
}

/** The integers from the first to the last, inclusive. */
export function range(first: number, last: number): readonly number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** Types any value as an event, so that cases can pass invalid events. */
export function untyped(value: unknown): NewEvent {
  return value as NewEvent;
}

/** Returns the versions of events, in the order of the events. */
export function versionsOf(all: readonly { readonly version: number }[]): readonly number[] {
  return all.map(({ version }) => version);
}

/** Collects everything that an async iterable yields. */
export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
