import type { EventBroadcaster, EventStored } from "@aether/core";
import { expectEqual } from "./expect-equal.ts";
import type { OrderEvent } from "./orders.ts";

/** The bus of the program: the events of the application, and announcements of a store. */
export type OrderBus = EventBroadcaster<OrderEvent | EventStored<OrderEvent>>;

/** Number of events that `useStores` saves. */
const savedEvents = 14;

/** Publishes events on one bus and receives them on another, which may be the same. Leaves both open. */
export async function useBus(publisher: OrderBus, subscriber: OrderBus): Promise<void> {
  let resolve = (): void => {};
  const received: number[] = [];
  const done = new Promise<void>((resolved) => {
    resolve = resolved;
  });
  const handled = subscriber.subscribe("orders.*", ({ version }) => {
    if (received.push(version) === 3) resolve();
  });
  const loop = subscriber.subscribe("orders.>", { eventTypes: ["OrderPaid"] });
  await Promise.all([handled.ready, loop.ready]);

  const timestamp = "2026-02-28T12:00:00Z";
  for (let version = 1; version <= 3; version++) {
    const event = { id: `e-${version}`, actorId: "order-1", version, timestamp, eventType: "OrderPaid" } as const;
    await publisher.publish("orders.eu", { ...event, data: { cents: version } });
  }
  for await (const { data } of loop) if (data.cents === 3) break;
  await done;
  expectEqual("the versions that the handler received", received, [1, 2, 3]);
}

/** Subscribes to the announcements of a store. The returned function resolves when `useStores` has caused them all. */
export async function receiveAnnouncements(bus: OrderBus): Promise<() => Promise<void>> {
  const announcements = bus.subscribe("announcements", { eventTypes: ["EventStored"] });
  await announcements.ready;
  return async () => {
    const types = new Set<string>();
    let count = 0;
    for await (const { data } of announcements) {
      types.add(data.eventType);
      count += 1;
      if (count === savedEvents) break;
    }
    expectEqual("the types of the announced events", [...types].sort(), ["ItemAdded", "OrderPaid", "OrderPlaced"]);
  };
}
