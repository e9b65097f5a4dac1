import { EVENT_STORED, type EventBroadcaster, type EventStored, type EventsOf } from "@aether/core";
import { MemoryEventBus } from "@aether/eventbus-memory";
import { JetStreamEventStore } from "@aether/store-jetstream";
import type { AnnounceOptions } from "@aether/store-kit";
import { MemoryEventStore } from "@aether/store-memory";
import type { NatsConnection as NatsIoConnection } from "@nats-io/transport-node";
import { describe, expect, expectTypeOf, test } from "vitest";
import { NatsEventBus } from "../src/index.ts";
import { newPrefix, onOneServer } from "./support/bus-server.ts";
import { clients } from "./support/clients.ts";

type OrderEvent = EventsOf<{ OrderPlaced: { item: string }; OrderShipped: { carrier: string } }>;
/** One bus for the events of an application and the announcements of its stores. */
type Bus = EventBroadcaster<OrderEvent | EventStored<OrderEvent>>;

const server = onOneServer();

const stores = {
  MemoryEventStore: async (options: AnnounceOptions<OrderEvent>) => new MemoryEventStore<OrderEvent>(options),
  JetStreamEventStore: async (options: AnnounceOptions<OrderEvent>) => {
    const connection = (await server.connect(clients[1])) as unknown as NatsIoConnection;
    const streamName = `S${crypto.randomUUID()}`;
    return JetStreamEventStore.open<OrderEvent>(connection, {
      streamName,
      streamRetention: "forever",
      ...options,
    });
  },
};

const buses = {
  MemoryEventBus: async (): Promise<readonly [Bus, Bus]> => {
    const bus = new MemoryEventBus<OrderEvent | EventStored<OrderEvent>>();
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
    const store = await openStore({ bus: publisher, busNamespace: "orders.eu" });
    const receipts = await store.saveEvents(
      [1, 2, 3].map((version) => ({ eventType: "OrderPlaced", actorId: "order-1", version, data: { item: "lamp" } })),
    );
    await store.close();
    const received: EventStored<OrderEvent>[] = [];
    for await (const announcement of announcements) if (received.push(announcement) === receipts.length) break;
    expect(received.map(({ data }) => data)).toEqual(
      receipts.map(({ id, version, timestamp }) => ({
        eventId: id,
        eventType: "OrderPlaced",
        actorId: "order-1",
        version,
        timestamp,
      })),
    );
    await Promise.all([publisher.close(), subscriber.close()]);
  });

  test.each(Object.entries(buses))("can be subscribed to by its type on a %s", async (_name, openBuses) => {
    const [publisher, subscriber] = await openBuses();
    const filtered = subscriber.subscribe("orders.>", {
      eventTypes: [EVENT_STORED],
      filter: ({ data }) => data.eventType === "OrderPlaced",
    });
    const named = subscriber.subscribe("orders.OrderPlaced", { eventTypes: [EVENT_STORED] });
    await Promise.all([filtered.ready, named.ready]);
    const store = await openStore({ bus: publisher, busNamespace: ({ eventType }) => `orders.${eventType}` });
    const metadata = { correlationId: "c", traceId: "t", spanId: "s", causationId: "x", userId: "u" };
    await store.saveEvent({ eventType: "OrderShipped", actorId: "a", version: 1, data: { carrier: "DHL" } });
    await store.saveEvent({
      id: "placed",
      eventType: "OrderPlaced",
      actorId: "b",
      version: 1,
      data: { item: "" },
      metadata,
    });
    await store.close();
    for (const announcements of [filtered, named]) {
      for await (const announcement of announcements) {
        expectTypeOf(announcement.data.eventType).toEqualTypeOf<"OrderPlaced" | "OrderShipped">();
        expect(announcement).toMatchObject({ actorId: "b", data: { eventId: "placed", eventType: "OrderPlaced" } });
        expect(announcement.metadata).toEqual({ correlationId: "c", traceId: "t", spanId: "s", causationId: "placed" });
        break;
      }
    }
    await Promise.all([publisher.close(), subscriber.close()]);
  });
});

test("the compiler rejects types of events that the store does not have", async () => {
  const bus = new MemoryEventBus<EventStored<OrderEvent>>();
  bus.subscribe("orders", ({ data }) => {
    // @ts-expect-error: no such type of event
    if (data.eventType === "OrderLost") throw new Error("unexpected");
  });
  const other = new MemoryEventBus<EventStored<EventsOf<{ Other: object }>>>();
  // @ts-expect-error: the bus accepts announcements of other types only
  const store = new MemoryEventStore<OrderEvent>({ bus: other });
  await store.close();
});

test("the compiler rejects a bus without announcements", async () => {
  const bus = new MemoryEventBus<OrderEvent>();
  // @ts-expect-error: announcements are not events of this bus
  const store = new MemoryEventStore<OrderEvent>({ bus });
  await store.close();
});
