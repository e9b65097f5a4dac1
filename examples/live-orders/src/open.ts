import type { EventStored } from "@aether/core";
import { NatsEventBus } from "@aether/eventbus-nats";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import type { OrderEvent } from "./order-event.ts";

/** The store of the orders and the bus that tells of them, over one connection. */
export interface Shop extends AsyncDisposable {
  readonly store: JetStreamEventStore<OrderEvent>;
  readonly bus: NatsEventBus<EventStored>;
}

/** What each of the processes opens for itself. */
export async function openShop(servers: string): Promise<Shop> {
  const connection = await connect({ servers, maxReconnectAttempts: -1 });
  const store = await JetStreamEventStore.open<OrderEvent>(connection, {
    streamName: "orders",
    streamRetention: "forever",
  });
  const bus = new NatsEventBus<EventStored>(connection);
  return {
    store,
    bus,
    async [Symbol.asyncDispose]() {
      await bus.close();
      await store.close();
      await connection.close();
    },
  };
}
