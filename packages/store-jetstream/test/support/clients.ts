import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import type { NatsConnection } from "../../src/index.ts";

/** The part of a connection from either client that the tests use. */
export interface TestConnection extends NatsConnection {
  close(): Promise<void>;
  flush(): Promise<void>;
}

export interface TestClient {
  readonly client: string;
  readonly connect: (options: {
    readonly servers: string;
    readonly noEcho?: boolean;
    readonly user?: string;
    readonly pass?: string;
  }) => Promise<TestConnection>;
}

const lasting = { maxReconnectAttempts: -1, reconnectTimeWait: 20 };

/** Both official clients. */
export const clients: readonly TestClient[] = [
  { client: "nats", connect: (options) => connectNats({ ...lasting, ...options }) },
  { client: "nats-io", connect: (options) => connectNatsIo({ ...lasting, ...options }) },
];
