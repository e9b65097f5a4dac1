import { EVENT_STORED, type EventBroadcaster, type EventStored, type EventsOf } from "@aether/core";
import { MemoryEventBus } from "@aether/eventbus-memory";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { MemoryEventStore } from "@aether/store-memory";
import type { NatsConnection as NatsIoConnection } from "@nats-io/transport-node";
import { describe, expect, test } from "vitest";
import { NatsEventBus } from "../src/index.ts";
import { newPrefix, onOneServer } from "./support/bus-server.ts";
import { clients } from "./support/clients.ts";

type OrderEvent = EventsOf<{ OrderPlaced: { item: string } }>;
/** One bus for the events of an application and the announcements of its stores. */
type Bus = EventBroadcaster<OrderEvent | EventStored>;

const server = onOneServer();

const stores = {
  MemoryEventStore: async (bus: Bus) => new MemoryEventStore<OrderEvent>({ bus, busNamespace: "orders.eu" }),
  JetStreamEventStore: async (bus: Bus) => {
    const connection = (await server.connect(clients[1])) as unknown as NatsIoConnection;
    const streamName = `S${crypto.randomUUID()}`;
    return JetStreamEventStore.open<OrderEvent>(connection, {
      streamName,
      streamRetention: "forever",
      bus,
      busNamespace: "orders.eu",
    });
  },
};

const buses = {
  MemoryEventBus: async (): Promise<readonly [Bus, Bus]> => {
    const bus = new MemoryEventBus<OrderEvent | EventStored>();
    return [bus, bus];
  },
  ...Object.fromEntries(
    clients.map((client) => [
      `NatsEventBus through ${client.client}`,
      async (): Promise<readonly [Bus, Bus]> => {
        const prefix = newPrefix();
        const open = async (): Promise<Bus> => new NatsEventBus(await server.connect(client), { prefix });
        return [await open(), await open()];
      },
    ]),
  ),
};

describe.each(Object.entries(stores))("an event stored in a %s", (_, openStore) => {
  test.each(Object.entries(buses))("is announced on a %s, in the order of versions", async (_name, openBuses) => {
    const [publisher, subscriber] = await openBuses();
    const announcements = subscriber.subscribe("orders.*", { eventTypes: [EVENT_STORED] });
    await announcements.ready;
    const store = await openStore(publisher);
    const receipts = await store.saveEvents(
      [1, 2, 3].map((version) => ({ eventType: "OrderPlaced", actorId: "order-1", version, data: { item: "lamp" } })),
    );
    await store.close();
    const received: EventStored[] = [];
    for await (const announcement of announcements) if (received.push(announcement) === receipts.length) break;
    expect(received.map(({ data }) => data)).toEqual(
      receipts.map(({ id, version, timestamp }) => ({ eventId: id, actorId: "order-1", version, timestamp })),
    );
    await Promise.all([publisher.close(), subscriber.close()]);
  });
});

test("the compiler rejects a bus without announcements", async () => {
  const bus = new MemoryEventBus<OrderEvent>();
  // @ts-expect-error: announcements are not events of this bus
  const store = new MemoryEventStore<OrderEvent>({ bus });
  await store.close();
});
