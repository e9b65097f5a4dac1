import { type NatsServer, startLeafNode, startNatsServer } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll } from "vitest";
import {
  JetStreamDocumentStore,
  type JetStreamDocumentStoreOptions,
  JetStreamEventStore,
  type JetStreamStoreOptions,
  type NatsConnection,
} from "../../src/index.ts";
import type { TestClient, TestConnection } from "./clients.ts";
import { newBucket } from "./documents.ts";
import { newStreamName } from "./open-stores.ts";

export interface LeafNodeConfigs {
  readonly hub?: string;
  readonly leaf?: string;
}

/** Provides a hub and a leaf node, each with a JetStream domain. Connections are closed after each test. */
export function onHubAndLeaf(configs: LeafNodeConfigs = {}): HubAndLeaf {
  const servers = new HubAndLeaf(configs);
  beforeAll(() => servers.start(), 300_000);
  afterEach(() => servers.closeConnections());
  afterAll(() => servers.stop());
  return servers;
}

/** A hub with the domain `hub`, and a leaf node with the domain `leaf`. */
export class HubAndLeaf {
  hub!: NatsServer;
  leaf!: NatsServer;
  readonly #configs: LeafNodeConfigs;
  readonly #connections: TestConnection[] = [];

  constructor(configs: LeafNodeConfigs) {
    this.#configs = configs;
  }

  /** True if the servers check the sizes of messages that they receive over leaf node connections. */
  get checksSizes(): boolean {
    return this.leaf.version.localeCompare("2.12", "en", { numeric: true }) >= 0;
  }

  /** Number of leaf node connections that were closed because of a message that was too large. */
  get cuts(): number {
    const lines = [...this.hub.log(), ...this.leaf.log()];
    return lines.filter((line) => /Leafnode connection closed: Maximum Message Payload/.test(line)).length;
  }

  async start(): Promise<void> {
    const { hub = "", leaf = "" } = this.#configs;
    this.hub = await startNatsServer({
      config: `server_name: hub\njetstream { domain: hub }\nleafnodes { listen: "127.0.0.1:-1" }\n${hub}`,
    });
    this.leaf = await startLeafNode(this.hub, { config: `server_name: leaf\njetstream { domain: leaf }\n${leaf}` });
  }

  async stop(): Promise<void> {
    await this.leaf.stop();
    await this.hub.stop();
  }

  async connect({ connect }: TestClient, server: NatsServer): Promise<TestConnection> {
    const connection = await connect({ servers: server.url });
    this.#connections.push(connection);
    return connection;
  }

  async closeConnections(): Promise<void> {
    for (const connection of this.#connections.splice(0)) await connection.close();
  }

  /** Opens a document store, by default in a new bucket. */
  openDocuments(
    connection: NatsConnection,
    options: Partial<JetStreamDocumentStoreOptions> = {},
  ): Promise<JetStreamDocumentStore> {
    return JetStreamDocumentStore.open(connection, { bucket: newBucket(), ...options });
  }

  /** Opens a store, by default with events that do not expire. */
  open(connection: NatsConnection, options: Partial<JetStreamStoreOptions> = {}): Promise<JetStreamEventStore> {
    return JetStreamEventStore.open(connection, {
      streamName: newStreamName(),
      streamRetention: "forever",
      ...options,
    });
  }
}
