import type { NatsConnection as BusConnection } from "@aether/eventbus-nats";
import type { NatsConnection as StoreConnection } from "@aether/store-jetstream";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import type { ClientName } from "./plan.ts";

/** What the suites use of a connection of either client: it is fit for a store and for a bus. */
export type ClientConnection = StoreConnection & BusConnection & { close(): Promise<void> };

/** Connects as an application should: it never gives up, and notices within seconds that a server is silent. */
export async function connectAs(client: ClientName, urls: readonly string[]): Promise<ClientConnection> {
  const options = {
    servers: [...urls],
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    pingInterval: 1_000,
    maxPingOut: 2,
    ignoreClusterUpdates: true,
    timeout: 5_000,
  };
  for (let attempt = 1; ; attempt++) {
    try {
      return client === "nats" ? await connectNats(options) : await connectNatsIo(options);
    } catch (error) {
      if (attempt === 20) throw error;
    }
  }
}
