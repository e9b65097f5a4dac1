import { type ProvidedNatsServer, provideNatsServer } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll } from "vitest";
import { JetStreamEventStore, type JetStreamStoreOptions, type NatsConnection } from "../../src/index.ts";
import type { TestClient, TestConnection } from "./clients.ts";

/** Long enough to install a server, once. */
const PROVIDE_TIMEOUT_MS = 300_000;

/** A server for the tests of a file, and what they open on it; everything is closed after each test. */
export function onOneServer(): TestServer {
  const server = new TestServer();
  beforeAll(() => server.start(), PROVIDE_TIMEOUT_MS);
  afterEach(() => server.closeConnections());
  afterAll(() => server.stop());
  return server;
}

export class TestServer {
  readonly #connections: TestConnection[] = [];
  #server: ProvidedNatsServer | undefined;

  get url(): string {
    if (this.#server === undefined) throw new Error("the server was not started");
    return this.#server.url;
  }

  async start(): Promise<void> {
    this.#server = await provideNatsServer();
  }

  async stop(): Promise<void> {
    await this.#server?.close();
  }

  async connect({ connect }: TestClient): Promise<TestConnection> {
    const connection = await connect({ servers: this.url });
    this.#connections.push(connection);
    return connection;
  }

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

  async closeConnections(): Promise<void> {
    for (const connection of this.#connections.splice(0)) await connection.close();
  }
}

/** A name that no other test uses, also on a server that is not ours. */
export function newStreamName(): string {
  return `test-${crypto.randomUUID()}`;
}
