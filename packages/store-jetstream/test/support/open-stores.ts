import { TestServer } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll } from "vitest";
import { JetStreamEventStore, type JetStreamStoreOptions, type NatsConnection } from "../../src/index.ts";
import type { TestClient, TestConnection } from "./clients.ts";

/** A server for the tests of a file, and what they open on it; everything is closed after each test. */
export function onOneServer(): StoreServer {
  const server = new StoreServer();
  beforeAll(() => server.start(), TestServer.startTimeoutMs);
  afterEach(() => server.closeConnections());
  afterAll(() => server.stop());
  return server;
}

/** A server and the stores that tests open on it. */
export class StoreServer extends TestServer<TestConnection> {
  /** A store on a connection of its own, or on the one that is given; its events do not expire unless that is asked for. */
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

/** A name that no other test uses, also on a server that is not ours. */
export function newStreamName(): string {
  return `test-${crypto.randomUUID()}`;
}
