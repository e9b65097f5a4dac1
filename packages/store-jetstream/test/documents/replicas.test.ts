import { isAetherError } from "@aether/core";
import { findNatsServer, type NatsCluster, startNatsCluster } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { JetStreamDocumentStore } from "../../src/index.ts";
import { clients, type TestConnection } from "../support/clients.ts";
import { collect } from "../support/documents.ts";

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
  /** Opens a store on each server, all at the same time, as the processes of a deployment do. */
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

  test("a list from a replica that lags behind has no value that was replaced before it began", async () => {
    const connection = await connect({ servers: cluster.urls[0] as string });
    opened.push(connection);
    const options = { bucket: `lag-${client}`, replicaCount: 3, history: 2 };
    const writer = await JetStreamDocumentStore.open(connection, options);
    const reader = await JetStreamDocumentStore.open(withLag(connection), options);
    for (const id of ["a", "b", "c"]) await writer.putDocument("c", id, { n: 1 });
    await writer.putDocument("c", "a", { n: 2 });
    await writer.deleteDocument("c", "b");
    const listed = await collect(reader.listDocuments<{ n: number }>("c"));
    expect(listed.map(({ id, value }) => [id, value.n]).sort()).toEqual([
      ["a", 2],
      ["c", 1],
    ]);
  });
});

/** A connection whose consumers deliver like one on a replica that catches up: earlier values, then the last ones. */
function withLag(connection: TestConnection): TestConnection {
  const decoder = new TextDecoder();
  return new Proxy(connection, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== "function") return member;
      if (name !== "publish") return member.bind(target);
      return (subject: string, payload: Uint8Array | undefined, ...rest: unknown[]) => {
        const isCreation = subject.startsWith("$JS.API.CONSUMER.CREATE.");
        const text = decoder.decode(payload).replace('"last_per_subject"', '"all"');
        return member.call(target, subject, isCreation ? new TextEncoder().encode(text) : payload, ...rest);
      };
    },
  });
}
