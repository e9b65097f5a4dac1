import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startNatsServer } from "@aether/nats-testing";
import { waitForProcessor } from "@aether/processor";
import { JetStreamDocumentStore, JetStreamEventStore } from "@aether/store-jetstream";
import { connect } from "@nats-io/transport-node";
import { afterEach, expect, test } from "vitest";
import { collectionOf, type DocumentRecord, processorOf } from "../src/documents/stored-projection.ts";
import { type CountEvent, countEvent, foldCount } from "./counts.ts";

const script = fileURLToPath(new URL("processes/project.mjs", import.meta.url));
const projection = { name: "counts", version: 1 };

const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
});

for (const partitions of [1, 16]) {
  test(`processes that are killed at any moment leave the same documents: ${partitions} partition(s)`, async () => {
    await using server = await startNatsServer();
    const start = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [script, server.url, String(partitions)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      running.add(child);
      await once(child.stdout, "data");
      return child;
    };
    const connection = await connect({ servers: server.url });
    const store = await JetStreamEventStore.open<CountEvent>(connection, { streamName: "counts" });
    const documents = await JetStreamDocumentStore.open(connection, { bucket: "projections" });
    const expected = new Map<string, number>();
    let n = 0;
    let children = [await start(), await start()];
    let last = await store.saveEvent(countEvent(++n));
    foldCount(expected, countEvent(n));
    for (let round = 0; round < (partitions === 1 ? 4 : 2); round++) {
      for (let index = 0; index < 60; index++) {
        const event = countEvent(++n);
        last = await store.saveEvent(event);
        foldCount(expected, event);
      }
      const [oldest, ...others] = children;
      oldest?.kill("SIGKILL");
      children = [...others, await start()];
    }
    await waitForProcessor(documents, processorOf(projection), last.position, { timeoutMs: 30_000 });
    const found = new Map<string, number>();
    for await (const { id, value } of documents.listDocuments<DocumentRecord<{ n: number }>>(collectionOf(projection)))
      if (value.document !== null) found.set(id, value.document.n);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    for (const child of children) child.kill("SIGKILL");
    await store.close();
    await documents.close();
    await connection.close();
  }, 120_000);
}
