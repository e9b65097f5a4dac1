import { type NatsServer, startNatsServer, startTcpProxy } from "@aether/nats-testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { JetStreamDocumentStore } from "../../src/index.ts";
import { clients, type TestConnection } from "../support/clients.ts";
import { collect, Watcher } from "../support/documents.ts";
import { RawStream } from "../support/raw-stream.ts";

let server: NatsServer;
const opened: TestConnection[] = [];
beforeEach(async () => {
  server = await startNatsServer();
}, 300_000);
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()));
  await server.stop();
});

describe.each(clients)("watches during outages, through $client", ({ connect }) => {
  const open = async (servers = server.url): Promise<TestConnection> => {
    const connection = await connect({ servers });
    opened.push(connection);
    return connection;
  };

  test("report what changed while the connection was lost, including documents that were purged", async () => {
    await using proxy = await startTcpProxy(() => server.port);
    const other = await open();
    const writer = await JetStreamDocumentStore.open(other, { bucket: "b" });
    const store = await JetStreamDocumentStore.open(await open(proxy.url), {
      bucket: "b",
      whileDisconnected: "reject",
    });
    for (const id of ["a", "b", "c", "d"]) await writer.putDocument("c", id, { n: 1 });
    const watcher = new Watcher(store, "c");
    await watcher.current();
    proxy.refuse();
    await vi.waitFor(() =>
      expect(store.getDocument("c", "a")).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" }),
    );
    await writer.putDocument("c", "a", { n: 2 });
    await writer.deleteDocument("c", "b");
    await writer.deleteDocument("c", "c");
    await new RawStream(other, "KV_b").api("STREAM.PURGE.{stream}", { filter: "$KV.b.c.c" });
    await writer.putDocument("c", "e", { n: 5 });
    proxy.pass();
    await watcher.until((changes) => changes.length >= 9);
    expect(watcher.names.slice(0, 5).sort()).toEqual(["current", "put a", "put b", "put c", "put d"]);
    expect(watcher.names.slice(5).sort()).toEqual(["delete b", "delete c", "put a", "put e"]);
    await writer.putDocument("c", "d", { n: 6 });
    await watcher.until((changes) => changes.length >= 10);
    expect(watcher.state).toEqual(
      new Map((await collect(writer.listDocuments("c"))).map((document) => [document.id, document])),
    );
    await watcher.stop();
  });

  test("survive a server that is killed under load", async () => {
    const store = await JetStreamDocumentStore.open(await open(), { bucket: "b", ackTimeoutMs: 20_000 });
    const reader = await JetStreamDocumentStore.open(await open(), { bucket: "b", ackTimeoutMs: 20_000 });
    const watcher = new Watcher(reader, "c");
    let running = true;
    let writes = 0;
    const write = async (id: string): Promise<void> => {
      for (let n = 1; running; n++) {
        try {
          if (n % 7 === 0) await store.deleteDocument("c", id);
          else await store.putDocument("c", id, { n });
        } catch (error) {
          expect(error).toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN" });
        }
        writes++;
      }
    };
    const writers = Promise.all(Array.from({ length: 8 }, (_, index) => write(`k-${index}`)));
    for (let kills = 0; kills < 2; kills++) {
      const goal = writes + 200;
      await vi.waitUntil(() => writes >= goal, { timeout: 20_000, interval: 5 });
      await server.kill();
      await server.restart();
    }
    running = false;
    await writers;
    await store.putDocument("c", "end", {});
    await watcher.until((changes) => changes.some((change) => change.type === "put" && change.document.id === "end"));
    expect(watcher.state).toEqual(
      new Map((await collect(store.listDocuments("c"))).map((document) => [document.id, document])),
    );
    expect(watcher.names.filter((name) => name === "current")).toHaveLength(1);
    await watcher.stop();
  }, 60_000);

  test("end if the bucket is created again", async () => {
    const store = await JetStreamDocumentStore.open(await open(), { bucket: "b" });
    await store.putDocument("c", "a", { n: 1 });
    const watcher = new Watcher(store, "c");
    await watcher.current();
    await new RawStream(await open(), "KV_b").api("STREAM.DELETE.{stream}");
    const again = await JetStreamDocumentStore.open(await open(), { bucket: "b" });
    await again.putDocument("c", "b", { n: 1 });
    await expect(watcher.done).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });
    await expect(store.getDocument("c", "a")).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });
  });

  test("a lost consumer is replaced", async () => {
    const store = await JetStreamDocumentStore.open(await open(), { bucket: "b" });
    const watcher = new Watcher(store, "c");
    await watcher.current();
    const raw = new RawStream(await open(), "KV_b");
    const { consumers } = await raw.api<{ consumers: readonly string[] }>("CONSUMER.NAMES.{stream}");
    await raw.api(`CONSUMER.DELETE.{stream}.${consumers[0]}`);
    await store.putDocument("c", "a", { n: 1 });
    await watcher.until((changes) => changes.length === 2);
    expect(watcher.names).toEqual(["current", "put a"]);
    await watcher.stop();
  });
});
