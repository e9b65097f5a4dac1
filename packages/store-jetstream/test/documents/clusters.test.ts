import { findNatsServer, type NatsCluster, startNatsCluster } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { JetStreamDocumentStore } from "../../src/index.ts";
import { clients, type TestClient, type TestConnection } from "../support/clients.ts";
import { collect, newBucket, onOneServer, Watcher } from "../support/documents.ts";
import { LossyConnection } from "../support/lossy-connection.ts";

/** On older servers, a replicated stream does not compare expected sequences reliably, so the store rejects it. */
const isGuarded = (await findNatsServer()).version.localeCompare("2.9.21", "en", { numeric: true }) >= 0;

function refusal(client: TestClient): void {
  const server = onOneServer();

  test("are rejected on an old server", async () => {
    await expect(server.open(client, { replicaCount: 3 })).rejects.toMatchObject({ code: "AETHER_UNSAFE_SERVER" });
  });
}

function replicated({ connect }: TestClient): void {
  let cluster: NatsCluster;
  const opened: TestConnection[] = [];
  beforeAll(async () => {
    cluster = await startNatsCluster();
  }, 300_000);
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((connection) => connection.close()));
  });
  afterAll(() => cluster.stop());

  /** Opens a store of the same bucket on each server. */
  async function openEverywhere() {
    const bucket = newBucket();
    const connections: LossyConnection[] = [];
    const stores: JetStreamDocumentStore[] = [];
    for (const name of ["n1", "n2", "n3"]) {
      const connection = await connect({ servers: cluster.server(name).server.url });
      opened.push(connection);
      connections.push(new LossyConnection(connection));
      const options = { bucket, replicaCount: 3, ackTimeoutMs: 3_000 };
      stores.push(await JetStreamDocumentStore.open(connections.at(-1) as LossyConnection, options));
    }
    return { connections, stores: stores as [JetStreamDocumentStore, JetStreamDocumentStore, JetStreamDocumentStore] };
  }

  test("are read as the leader has them, at once and through every server", async () => {
    const { stores } = await openEverywhere();
    const watchers = stores.map((store) => new Watcher(store, "c"));
    for (let n = 1; n <= 60; n++) {
      const revision = await stores[n % 3]?.putDocument("c", `k-${n % 7}`, { n });
      for (const store of stores) expect((await store.getDocument("c", `k-${n % 7}`))?.revision).toBe(revision);
      const listed = await collect((stores[(n + 1) % 3] as JetStreamDocumentStore).listDocuments("c"));
      expect(listed.find(({ id }) => id === `k-${n % 7}`)?.value).toEqual({ n });
    }
    await stores[0].putDocument("c", "end", {});
    const expected = new Map((await collect(stores[1].listDocuments("c"))).map((document) => [document.id, document]));
    for (const watcher of watchers) {
      await watcher.until((changes) => changes.some((change) => change.type === "put" && change.document.id === "end"));
      expect(watcher.state).toEqual(expected);
      await watcher.stop();
    }
  });

  test("store one of several concurrent writes with the same expectation", async () => {
    const { stores } = await openEverywhere();
    let expectedRevision: string = "absent";
    for (let n = 1; n <= 20; n++) {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 9 }, (_, writer) =>
          stores[writer % 3]?.putDocument("c", "k", { n, writer }, { expectedRevision: expectedRevision as "absent" }),
        ),
      );
      const [winner, ...others] = outcomes.flatMap((each) =>
        each.status === "fulfilled" ? [each.value as string] : [],
      );
      expect(others).toEqual([]);
      expect((await stores[0].getDocument("c", "k"))?.revision).toBe(winner);
      for (const outcome of outcomes) {
        if (outcome.status === "rejected")
          expect(outcome.reason).toMatchObject({ code: "AETHER_REVISION_CONFLICT", currentRevision: winner });
      }
      expectedRevision = winner as string;
    }
  });

  test.each([false, true])(
    "a put whose answer was lost succeeds although it was replaced: conditional %s",
    async (isConditional) => {
      const { connections, stores } = await openEverywhere();
      const [connection] = connections as [LossyConnection];
      const [store, other] = stores;
      const first = await store.putDocument("c", "k", { n: 1 });
      let replaced: Promise<unknown> | undefined;
      connection.incoming = ({ data }) => {
        if (replaced !== undefined || !new TextDecoder().decode(data).startsWith('{"stream":')) return "pass";
        replaced = other.putDocument("c", "k", { n: 3 }).then(() => other.putDocument("c", "k", { n: 4 }));
        return "lose";
      };
      const second = await store.putDocument("c", "k", { n: 2 }, isConditional ? { expectedRevision: first } : {});
      await replaced;
      const current = (await store.getDocument("c", "k"))?.revision;
      expect([first, second, current].map((revision) => Number(revision?.split("-")[1]))).toEqual([1, 2, 4]);
    },
  );
}

describe.each(clients)("replicated documents, through $client", isGuarded ? replicated : refusal);
