import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import type { NatsConnection } from "../../src/index.ts";

/** The part of a connection of either client that the tests use. */
export interface TestConnection extends NatsConnection {
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly servers: string;
  readonly user?: string;
  readonly pass?: string;
  readonly maxReconnectAttempts?: number;
  readonly noEcho?: boolean;
}

export interface TestClient {
  readonly client: string;
  readonly connect: (options: ConnectOptions) => Promise<TestConnection>;
}

const lasting = { maxReconnectAttempts: -1, reconnectTimeWait: 20 };

/** Both official clients. */
export const clients: readonly [TestClient, TestClient] = [
  { client: "nats", connect: (options) => connectNats({ ...lasting, ...options }) },
  { client: "nats-io", connect: (options) => connectNatsIo({ ...lasting, ...options }) },
];
