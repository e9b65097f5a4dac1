import type { EventStored } from "@aether/core";
import { NatsEventBus } from "@aether/eventbus-nats";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import type { OrderEvent } from "./order-event.ts";

/** The store that contains the orders and the bus that announces them. Both use one connection. */
export interface Shop extends AsyncDisposable {
  readonly store: JetStreamEventStore<OrderEvent>;
  readonly bus: NatsEventBus<EventStored>;
}

/**
 * Connects to the server, and opens a store and a bus.
 *
 * @param region - the store announces saved events in the namespace `orders.<region>`; without a region, it announces
 * nothing
 */
export async function openShop(servers: string, region?: string): Promise<Shop> {
  const connection = await connect({ servers, maxReconnectAttempts: -1 });
  const bus = new NatsEventBus<EventStored>(connection);
  const store = await JetStreamEventStore.open<OrderEvent>(connection, {
    streamName: "orders",
    streamRetention: "forever",
    ...(region === undefined ? {} : { bus, busNamespace: `orders.${region}` }),
  });
  return {
    store,
    bus,
    async [Symbol.asyncDispose]() {
      // The store is closed first, because it may still have events to announce on the bus.
      await store.close();
      await bus.close();
      await connection.close();
    },
  };
}
