import { isAetherError } from "@aether/core";
import { findNatsServer, type NatsCluster, startNatsCluster } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { JetStreamDocumentStore } from "../../src/index.ts";
import { clients, type TestConnection } from "../support/clients.ts";

/** The store rejects replicated buckets on older servers. */
const isGuarded = (await findNatsServer()).version.localeCompare("2.9.21", "en", { numeric: true }) >= 0;

let cluster: NatsCluster;
const opened: TestConnection[] = [];
beforeAll(async () => {
  if (isGuarded) cluster = await startNatsCluster();
}, 300_000);
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()));
});
afterAll(() => cluster?.stop());

describe.skipIf(!isGuarded).each(clients)("documents of a cluster, through $client", ({ client, connect }) => {
  /** Opens a store on each server. */
  const openAll = (bucket: string): Promise<readonly JetStreamDocumentStore[]> =>
    Promise.all(
      cluster.urls.map(async (servers) => {
        const connection = await connect({ servers });
        opened.push(connection);
        return JetStreamDocumentStore.open(connection, { bucket, replicaCount: 3 });
      }),
    );

  test("competing writers have one winner, and the others have a conflict, not an unknown outcome", async () => {
    const stores = await openAll(`winners-${client}`);
    const writers = Array.from({ length: 12 }, (_, index) => stores[index % 3] as JetStreamDocumentStore);
    const increase = async (store: JetStreamDocumentStore, id: string): Promise<string> => {
      try {
        const found = await store.getDocument<{ sum: number }>("c", id);
        const value = { sum: (found?.value.sum ?? 0) + 1 };
        await store.putDocument("c", id, value, { expectedRevision: found?.revision ?? "absent" });
        return "stored";
      } catch (error) {
        if (!isAetherError(error)) throw error;
        return error.code;
      }
    };
    for (const id of ["a", "b", "c"]) {
      let sum = 0;
      await Promise.all(
        writers.map(async (store) => {
          for (let times = 0; times < 20; times++) {
            const outcome = await increase(store, id);
            if (outcome === "stored") sum++;
            else expect(outcome).toBe("AETHER_REVISION_CONFLICT");
          }
        }),
      );
      expect((await stores[0]?.getDocument("c", id))?.value).toEqual({ sum });
    }
  });
});
