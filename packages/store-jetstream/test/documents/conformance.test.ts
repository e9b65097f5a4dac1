import { testDocumentStore } from "@aether/conformance";
import { describe, test } from "vitest";
import { DocumentKeys } from "../../src/documents/document-keys.ts";
import { jetStreamDocumentStoreSupports } from "../../src/index.ts";
import { clients, type TestClient } from "../support/clients.ts";
import { newBucket, onOneServer } from "../support/documents.ts";
import { RawStream } from "../support/raw-stream.ts";

const server = onOneServer();

/** Keys that belong to no document. */
const foreignKeys = ["foreign", "foreign.a.b", "orders.a.b", "orders.a=2f", "orders.=FF", "orders.==", "=", "=probe.x"];

/** Runs the suite. With several clients, the stores that a case opens use them in turn. */
function testThrough(name: string, ...used: readonly TestClient[]): void {
  let opened = 0;
  const nextClient = (): TestClient => used[opened++ % used.length] as TestClient;
  const raw = async (): Promise<RawStream> => new RawStream(await server.connect(nextClient()), "");
  testDocumentStore({
    name: `JetStreamDocumentStore through ${name}`,
    describe,
    test,
    supports: jetStreamDocumentStoreSupports,
    createStorage: newBucket,
    open: (bucket) => server.open(nextClient(), { bucket }),
    damage: {
      malformedValue: async (bucket, collection, id, bytes) => {
        await (await raw()).publish(new DocumentKeys(bucket).subjectOf({ collection, id }), bytes);
      },
      foreignRecords: async (bucket) => {
        const stream = await raw();
        for (const key of foreignKeys) await stream.publish(`$KV.${bucket}.${key}`, '{"n":1}');
      },
    },
    caseTimeoutMs: 20_000,
  });
}

for (const client of clients) testThrough(client.client, client);
testThrough("both clients", ...clients);
