import { setTimeout as delay } from "node:timers/promises";
import type { NatsConnection } from "@aether/nats";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import type { ClientName } from "./plan.ts";

/** A connection of either client. */
export type ClientConnection = NatsConnection & { close(): Promise<void> };

/** Connection options that both clients share. */
export interface ConnectOptions {
  readonly servers: string | string[];
  readonly maxReconnectAttempts?: number;
  readonly reconnectTimeWait?: number;
  readonly pingInterval?: number;
  readonly maxPingOut?: number;
  readonly ignoreClusterUpdates?: boolean;
  readonly timeout?: number;
}

/** The `connect` function of each client. */
export const connectors: Readonly<Record<ClientName, (options: ConnectOptions) => Promise<ClientConnection>>> = {
  nats: connectNats,
  "nats-io": connectNatsIo,
};

/** Number of attempts to connect, while a fault may be active. There is a pause of 100 ms between them. */
const MAX_ATTEMPTS = 200;

/** Connects as an application should. The connection reconnects forever, and detects a silent server within seconds. */
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
      return await connectors[client](options);
    } catch (error) {
      if (attempt === MAX_ATTEMPTS) throw error;
      await delay(100);
    }
  }
}
