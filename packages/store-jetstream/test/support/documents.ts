import { TestServer } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll } from "vitest";
import { JetStreamDocumentStore, type JetStreamDocumentStoreOptions, type NatsConnection } from "../../src/index.ts";
import type { TestClient, TestConnection } from "./clients.ts";
import { RawStream } from "./raw-stream.ts";

/** Provides a server for the tests of a file. Connections are closed after each test. */
export function onOneServer(): DocumentServer {
  const server = new DocumentServer();
  beforeAll(() => server.start(), TestServer.startTimeoutMs);
  afterEach(() => server.closeConnections());
  afterAll(() => server.stop());
  return server;
}

/** A server and the document stores that tests open on it. */
export class DocumentServer extends TestServer<TestConnection> {
  /** Opens a store, by default on a new connection and in a new bucket. */
  async open(
    client: TestClient,
    options: Partial<JetStreamDocumentStoreOptions> = {},
    connection?: NatsConnection,
  ): Promise<JetStreamDocumentStore> {
    return JetStreamDocumentStore.open(connection ?? (await this.connect(client)), {
      bucket: newBucket(),
      ...options,
    });
  }

  /** Accesses the stream of a bucket without a store. */
  async raw(client: TestClient, bucket: string): Promise<RawStream> {
    return new RawStream(await this.connect(client), `KV_${bucket}`);
  }
}

/** Returns a name that no other test uses, even on a shared server. */
export function newBucket(): string {
  return `test-${crypto.randomUUID()}`;
}

export async function collect<T>(values: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const value of values) all.push(value);
  return all;
}
