import type { Event } from "@aether/core";
import type { BusStage } from "./bus-case.ts";

/** A complete event; its version tells it apart. */
export function eventOf(version: number, fields: Partial<Event> = {}): Event {
  return {
    id: `event-${version}`,
    eventType: "OrderPlaced",
    actorId: "order-1",
    version,
    data: { lines: [{ sku: "lamp", quantity: version }] },
    metadata: { correlationId: "request-7" },
    timestamp: "2026-11-24T12:00:00Z",
    ...fields,
  };
}

/** Events of the versions from 1 on. */
export function eventsUpTo(count: number): readonly Event[] {
  return Array.from({ length: count }, (_, index) => eventOf(index + 1));
}

/** Publishes events one after the other. */
export async function publishAll(stage: BusStage, namespace: string, events: readonly Event[]): Promise<void> {
  for (const event of events) await stage.publisher.publish(namespace, event);
}

/** The versions of the next so many events. */
export async function take(subscription: AsyncIterable<Event>, count: number): Promise<readonly number[]> {
  const iterator = subscription[Symbol.asyncIterator]();
  const versions: number[] = [];
  for (let taken = 0; taken < count; taken++) {
    const result = await iterator.next();
    if (result.done === true) break;
    versions.push(result.value.version);
  }
  return versions;
}

/** The versions of everything that there is until the subscription ends. */
export async function takeAll(subscription: AsyncIterable<Event>): Promise<readonly number[]> {
  const versions: number[] = [];
  for await (const { version } of subscription) versions.push(version);
  return versions;
}

/** Resolves when the condition holds; fails where it does not within ten seconds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited ten seconds in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
