import type { EventStored } from "@aether/core";
import { NatsEventBus } from "@aether/eventbus-nats";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import type { OrderEvent } from "./order-event.ts";

/** The store of the orders and the bus that announces them, over one connection. */
export interface Shop extends AsyncDisposable {
  readonly store: JetStreamEventStore<OrderEvent>;
  readonly bus: NatsEventBus<EventStored>;
}

/**
 * Connects, and opens the store and the bus. Every process opens its own.
 *
 * @param region - saved events are announced in the namespace `orders.<region>`, or not at all if it is missing
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
      // The store first: it may still have events to announce on the bus.
      await store.close();
      await bus.close();
      await connection.close();
    },
  };
}
