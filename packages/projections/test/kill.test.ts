import { startNatsServer } from "@aether/nats-testing";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import { test } from "vitest";
import type { CountEvent } from "./counts.ts";
import { expectPlainFold, projectingProcesses } from "./killed-processes.ts";

const processes = projectingProcesses();

for (const partitions of [1, 16]) {
  test(`processes that are killed at any moment leave the same documents: ${partitions} partition(s)`, async () => {
    await using server = await startNatsServer();
    const connection = await connect({ servers: server.url });
    const store = await JetStreamEventStore.open<CountEvent>(connection, { streamName: "counts" });
    const documents = await JetStreamDocumentStore.open(connection, { bucket: "projections" });
    const start = () => processes.start("project.mjs", server.url, String(partitions));
    await expectPlainFold({ store, documents }, start, partitions === 1 ? 4 : 2);
    await store.close();
    await documents.close();
    await connection.close();
  }, 120_000);
}
