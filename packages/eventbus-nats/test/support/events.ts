import type { Event } from "@aether/core";

/** Returns a complete event, identified by its version. */
export function eventOf(version: number, fields: Partial<Event> = {}): Event {
  return {
    id: `event-${version}`,
    eventType: "Tested",
    actorId: "actor-1",
    version,
    data: {},
    timestamp: "2026-11-24T12:00:00Z",
    ...fields,
  };
}

export function eventsUpTo(count: number): readonly Event[] {
  return Array.from({ length: count }, (_, index) => eventOf(index + 1));
}

/** Calls a function repeatedly until it does not throw. Throws its last error after `timeoutMs` milliseconds. */
export async function eventually(check: () => void, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      check();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}
