import { TestServer } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll } from "vitest";
import { JetStreamEventStore, type JetStreamStoreOptions, type NatsConnection } from "../../src/index.ts";
import type { TestClient, TestConnection } from "./clients.ts";

/** Provides a server for the tests of a file. Connections are closed after each test. */
export function onOneServer(): StoreServer {
  const server = new StoreServer();
  beforeAll(() => server.start(), TestServer.startTimeoutMs);
  afterEach(() => server.closeConnections());
  afterAll(() => server.stop());
  return server;
}

/** A server and the stores that tests open on it. */
export class StoreServer extends TestServer<TestConnection> {
  /** Opens a store, by default on a new connection, and with events that do not expire. */
  async open(
    client: TestClient,
    options: Partial<JetStreamStoreOptions> = {},
    connection?: NatsConnection,
  ): Promise<JetStreamEventStore> {
    return JetStreamEventStore.open(connection ?? (await this.connect(client)), {
      streamName: newStreamName(),
      streamRetention: "forever",
      ...options,
    });
  }
}

/** Returns a name that no other test uses, even on a shared server. */
export function newStreamName(): string {
  return `test-${crypto.randomUUID()}`;
}
