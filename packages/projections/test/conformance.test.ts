import { type OpenPair, type ProjectedEvent, type ProjectionTestOptions, testProjections } from "@aether/conformance";
import type { DocumentStore, FeedEventStore } from "@aether/core";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import { afterAll, beforeAll, describe, test } from "vitest";
import { defineProjection, runProjection } from "../src/index.ts";

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
}, 300_000);
afterAll(() => server.stop());

/** Opens the stores of one kind. Returns what closes them and their connection. */
type Open<Store> = (name: string) => Promise<{ readonly store: Store; readonly close: () => Promise<void> }>;

const clients = {
  nats: () => connectNats({ servers: server.url }),
  "nats-io": () => connectNatsIo({ servers: server.url }),
} as const;

const memoryEvents: Open<FeedEventStore<ProjectedEvent>> = async () => {
  const store = new MemoryEventStore<ProjectedEvent>();
  return { store, close: () => store.close() };
};
const memoryDocuments: Open<DocumentStore> = async () => {
  const store = new MemoryDocumentStore();
  return { store, close: () => store.close() };
};
const jetStreamEvents =
  (client: keyof typeof clients): Open<FeedEventStore<ProjectedEvent>> =>
  async (streamName) => {
    const connection = await clients[client]();
    const store = await JetStreamEventStore.open<ProjectedEvent>(connection, { streamName });
    return { store, close: () => store.close().then(() => connection.close()) };
  };
const jetStreamDocuments =
  (client: keyof typeof clients): Open<DocumentStore> =>
  async (bucket) => {
    const connection = await clients[client]();
    const store = await JetStreamDocumentStore.open(connection, { bucket });
    return { store, close: () => store.close().then(() => connection.close()) };
  };

type Storage = Pick<ProjectionTestOptions<string>, "createStorage" | "open" | "destroyStorage">;

let pairs = 0;
function pairOf(events: Open<FeedEventStore<ProjectedEvent>>, documents: Open<DocumentStore>): Storage {
  return {
    createStorage: () => `pair-${++pairs}`,
    open: async (name): Promise<OpenPair> => {
      const [ofEvents, ofDocuments] = [await events(name), await documents(name)];
      const close = async (): Promise<void> => void (await Promise.all([ofEvents.close(), ofDocuments.close()]));
      return { store: ofEvents.store, documents: ofDocuments.store, close };
    },
  };
}

/** Settings for stores whose calls take longer. */
const remote = { seeds: [1, 2], leaseMs: 800, caseTimeoutMs: 60_000 };
const run: ProjectionTestOptions<string>["run"] = (store, sample, options) =>
  runProjection(store, defineProjection(sample), options);
// The cases mostly wait for leases to end.
const shared = { run, test, describe: (name: string, body: () => void) => describe.concurrent(name, body) };

testProjections({
  ...shared,
  ...pairOf(memoryEvents, memoryDocuments),
  name: "projections in memory",
  caseTimeoutMs: 60_000,
});
for (const client of ["nats", "nats-io"] as const) {
  const pair = pairOf(jetStreamEvents(client), jetStreamDocuments(client));
  testProjections({ ...shared, ...remote, ...pair, name: `projections on JetStream, through ${client}` });
}
testProjections({
  ...{ ...shared, ...remote, ...pairOf(jetStreamEvents("nats-io"), memoryDocuments), seeds: [3] },
  name: "projections from JetStream into memory",
});
testProjections({
  ...{ ...shared, ...remote, ...pairOf(memoryEvents, jetStreamDocuments("nats")), seeds: [4] },
  name: "projections from memory into JetStream",
});
