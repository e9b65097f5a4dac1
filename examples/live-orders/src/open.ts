import { JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import type { OrderEvent } from "./order-event.ts";

/** The store of the orders, on a connection of its own. */
export interface Shop extends AsyncDisposable {
  readonly store: JetStreamEventStore<OrderEvent>;
}

/** Connects to the server, and opens the store. */
export async function openShop(servers: string): Promise<Shop> {
  const connection = await connect({ servers, maxReconnectAttempts: -1 });
  const store = await JetStreamEventStore.open<OrderEvent>(connection, {
    streamName: "orders",
    streamRetention: "forever",
  });
  return {
    store,
    async [Symbol.asyncDispose]() {
      await store.close();
      await connection.close();
    },
  };
}
