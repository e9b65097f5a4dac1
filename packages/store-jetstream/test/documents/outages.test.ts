import type { NatsMessage } from "@aether/nats";
import { type NatsServer, startNatsServer, startTcpProxy } from "@aether/nats-testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { JetStreamDocumentStore, type JetStreamDocumentStoreOptions } from "../../src/index.ts";
import { clients, type TestConnection } from "../support/clients.ts";
import { collect, Watcher } from "../support/documents.ts";
import { type Fate, LossyConnection } from "../support/lossy-connection.ts";
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

describe.each(clients)("writes during outages, through $client", ({ connect }) => {
  const openBoth = async (options: Partial<JetStreamDocumentStoreOptions> = {}) => {
    const connections = [await connect({ servers: server.url }), await connect({ servers: server.url })] as const;
    opened.push(...connections);
    const connection = new LossyConnection(connections[0]);
    return {
      connection,
      store: await JetStreamDocumentStore.open(connection, { bucket: "b", ackTimeoutMs: 20_000, ...options }),
      other: await JetStreamDocumentStore.open(connections[1], { bucket: "b", ackTimeoutMs: 20_000 }),
      /** Loses the next message to or from a document. */
      loseNext: (direction: "incoming" | "outgoing") => {
        const isDocument = ({ subject, data }: { readonly subject: string; readonly data?: Uint8Array }): boolean =>
          direction === "outgoing"
            ? subject.startsWith("$KV.b.c.")
            : new TextDecoder().decode(data).startsWith('{"stream":"KV_b"');
        return new Promise<void>((resolve) => {
          const lose = (message: { readonly subject: string; readonly data?: Uint8Array }): Fate => {
            if (!isDocument(message)) return "pass";
            Object.assign(connection, { [direction]: (): Fate => "pass" });
            resolve();
            return "lose";
          };
          if (direction === "incoming") connection.incoming = lose;
          else connection.outgoing = (subject) => lose({ subject });
        });
      },
    };
  };

  test("are of unknown outcome if no record of them is left", async () => {
    const { store, other, loseNext } = await openBoth();
    const revision = await store.putDocument("c", "a", { n: 1 });
    for (const [id, expectedRevision] of [
      ["a", revision],
      ["b", undefined],
    ] as const) {
      const lost = loseNext("incoming");
      const put = store.putDocument("c", id, { n: 2 }, { expectedRevision });
      put.catch(() => {});
      await lost;
      for (const n of [3, 4]) await other.putDocument("c", id, { n });
      await server.kill();
      await server.restart();
      await expect(put).rejects.toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN", document: { collection: "c", id } });
      // Both connections are back before the next round. Otherwise, the other store's writes may be lost, too.
      for (const each of [store, other]) expect((await each.getDocument("c", id))?.value).toEqual({ n: 4 });
    }
  });

  test("are conflicts if another write has replaced the expected one", async () => {
    const { store, other, loseNext } = await openBoth();
    const revision = await store.putDocument("c", "a", { n: 1 });
    const lost = loseNext("outgoing");
    const put = store.putDocument("c", "a", { n: 2 }, { expectedRevision: revision });
    put.catch(() => {});
    await lost;
    const currentRevision = await other.putDocument("c", "a", { n: 3 }, { expectedRevision: revision });
    await server.kill();
    await server.restart();
    await expect(put).rejects.toMatchObject({ code: "AETHER_REVISION_CONFLICT", currentRevision });
  });

  test("are stored if their message is still there", async () => {
    const { store, loseNext } = await openBoth();
    const lost = loseNext("incoming");
    const put = store.putDocument("c", "a", { n: 1 });
    await lost;
    await server.kill();
    await server.restart();
    expect(await store.getDocument("c", "a")).toMatchObject({ revision: await put, value: { n: 1 } });
  });

  test('with whileDisconnected: "reject", are rejected at once, unless they were sent', async () => {
    const { connection, store, loseNext } = await openBoth({ whileDisconnected: "reject" });
    const lost = loseNext("incoming");
    const sent = store.putDocument("c", "a", { n: 1 });
    await lost; // Its answer was lost, so it is stored.
    await server.kill();
    await vi.waitUntil(() => connection.info === undefined, 10_000);
    const startMs = performance.now();
    const unavailable = { code: "AETHER_STORE_UNAVAILABLE" };
    await expect(store.putDocument("c", "b", { n: 1 })).rejects.toMatchObject(unavailable);
    await expect(store.deleteDocument("c", "b")).rejects.toMatchObject(unavailable);
    await expect(store.getDocument("c", "b")).rejects.toMatchObject(unavailable);
    await expect(store.listDocuments("c")[Symbol.asyncIterator]().next()).rejects.toMatchObject(unavailable);
    expect(performance.now() - startMs).toBeLessThan(3_000);
    await server.restart();
    const revision = await sent;
    await vi.waitUntil(() => connection.info !== undefined, 10_000);
    expect(await collect(store.listDocuments("c"))).toMatchObject([{ id: "a", revision }]);
  });
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

  test("a list whose consumer falls silent before the last documents arrive has them nevertheless", async () => {
    const connection = await open();
    const writer = await JetStreamDocumentStore.open(connection, { bucket: "b" });
    for (const id of ["a", "b"]) await writer.putDocument("c", id, { n: 1 });
    // The document "c" is created before the consumer, but after the list has read which message is the last.
    const silent = silentFrom(connection, "$KV.b.c.c", () => writer.putDocument("c", "c", { n: 1 }));
    const store = await JetStreamDocumentStore.open(silent, { bucket: "b" });
    const listed = await collect(store.listDocuments("c"));
    expect(listed.map(({ id }) => id).sort()).toEqual(["a", "b", "c"]);
  });

  test("a list has documents that the server's count of pending messages lacks", async () => {
    const connection = await open();
    const writer = await JetStreamDocumentStore.open(connection, { bucket: "b" });
    for (const id of ["a", "b"]) await writer.putDocument("c", id, { n: 1 });
    const before = () => writer.putDocument("c", "c", { n: 1 });
    const store = await JetStreamDocumentStore.open(withLowCounts(connection, "$KV.b.c.c", before), { bucket: "b" });
    const listed = await collect(store.listDocuments("c"));
    expect(listed.map(({ id }) => id).sort()).toEqual(["a", "b", "c"]);
  });

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

/**
 * A connection that receives no deliveries from the first message with this subject on, until the client sends a
 * request that is not for a consumer.
 *
 * @param before - called before the first consumer is created
 */
function silentFrom(connection: TestConnection, subject: string, before: () => Promise<unknown>): TestConnection {
  let isSilent = false;
  let wasSilent = false;
  return changed(
    connection,
    before,
    (to) => {
      if (!to.includes(".CONSUMER.")) isSilent = false;
    },
    (message, deliver) => {
      isSilent ||= !wasSilent && message.subject === subject;
      wasSilent ||= isSilent;
      if (!isSilent) deliver(message);
    },
  );
}

/**
 * A connection whose deliveries say that nothing more is pending. The first message with the subject arrives late.
 *
 * @param before - called before the first consumer is created
 */
function withLowCounts(connection: TestConnection, subject: string, before: () => Promise<unknown>): TestConnection {
  let wasLate = false;
  return changed(
    connection,
    before,
    () => {},
    (message, deliver) => {
      const { subject: to, data, headers, reply = "" } = message;
      if (!reply.startsWith("$JS.ACK.")) return deliver(message);
      const low = { subject: to, data, headers, reply: reply.replace(/\d+$/, "0") } as NatsMessage;
      if (to !== subject || wasLate) return deliver(low);
      wasLate = true;
      setTimeout(() => deliver(low), 200);
    },
  );
}

function changed(
  connection: TestConnection,
  before: () => Promise<unknown>,
  onPublish: (subject: string) => void,
  onMessage: (message: NatsMessage, deliver: (message: NatsMessage) => void) => void,
): TestConnection {
  let isFirst = true;
  const publish: TestConnection["publish"] = (to, ...rest) => {
    onPublish(to);
    const isCreation = to.startsWith("$JS.API.CONSUMER.CREATE.");
    if (!isCreation || !isFirst) return connection.publish(to, ...rest);
    isFirst = false;
    void before().then(() => connection.publish(to, ...rest));
  };
  const subscribe: TestConnection["subscribe"] = (to, options = {}) =>
    connection.subscribe(to, {
      ...options,
      callback: (error, message) => onMessage(message, (each) => options.callback?.(error, each)),
    });
  const replaced: Readonly<Record<PropertyKey, unknown>> = { publish, subscribe };
  return new Proxy(connection, {
    get(target, name) {
      const member: unknown = replaced[name] ?? Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}
