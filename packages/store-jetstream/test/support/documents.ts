import type { DocumentChange, DocumentListOptions, StoredDocument, WatchingDocumentStore } from "@aether/core";
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

const STOPPED = new Error("the watcher was stopped");

/** Follows the changes of a collection. */
export class Watcher {
  readonly changes: DocumentChange[] = [];
  /** The documents according to the changes. */
  readonly state = new Map<string, StoredDocument>();
  readonly done: Promise<void>;
  readonly #stop = new AbortController();
  #wake: (() => void)[] = [];
  #failure: unknown;

  constructor(store: WatchingDocumentStore, collection: string, options: DocumentListOptions = {}) {
    this.done = this.#run(store, collection, { ...options, signal: this.#stop.signal });
    this.done.catch(() => {});
  }

  get names(): readonly string[] {
    return this.changes.map((change) => {
      if (change.type === "current") return "current";
      return `${change.type} ${change.type === "put" ? change.document.id : change.id}`;
    });
  }

  /** Resolves once a condition holds after a change. */
  async until(condition: (changes: readonly DocumentChange[]) => boolean): Promise<void> {
    while (!condition(this.changes)) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  current(): Promise<void> {
    return this.until((changes) => changes.some(({ type }) => type === "current"));
  }

  async stop(): Promise<void> {
    this.#stop.abort(STOPPED);
    await this.done.catch((error: unknown) => {
      if (error !== STOPPED) throw error;
    });
  }

  async #run(store: WatchingDocumentStore, collection: string, options: DocumentListOptions): Promise<void> {
    try {
      for await (const change of store.watchDocuments(collection, options)) {
        this.changes.push(change);
        if (change.type === "put") this.state.set(change.document.id, change.document);
        if (change.type === "delete") this.state.delete(change.id);
        this.#wakeAll();
      }
    } catch (error) {
      this.#failure = error;
      this.#wakeAll();
      throw error;
    }
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
