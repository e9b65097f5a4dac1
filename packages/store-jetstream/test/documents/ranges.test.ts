import type { DocumentChange, StoredDocument } from "@aether/core";
import { describe, expect, test } from "vitest";
import type { JetStreamDocumentStore } from "../../src/index.ts";
import { clients } from "../support/clients.ts";
import { collect, newBucket, onOneServer, Watcher } from "../support/documents.ts";
import { LossyConnection } from "../support/lossy-connection.ts";
import { RawStream } from "../support/raw-stream.ts";

const server = onOneServer();
const idsOf = (documents: readonly StoredDocument[]): readonly string[] => documents.map(({ id }) => id).sort();

describe.each(clients)("lists, through $client", (client) => {
  test("yield the documents of the collection, and those whose ids have a prefix", async () => {
    const store = await server.open(client);
    expect(await collect(store.listDocuments("c"))).toEqual([]);
    for (const id of ["", "a-1", "a-2", "b.*", "é"]) await store.putDocument("c", id, { id });
    await store.putDocument("C", "a-3", {});
    await store.putDocument("", "a-4", {});
    await store.deleteDocument("c", "a-2");
    const all = await collect(store.listDocuments("c"));
    expect(idsOf(all)).toEqual(["", "a-1", "b.*", "é"]);
    expect(all.find(({ id }) => id === "é")).toEqual(await store.getDocument("c", "é"));
    expect(idsOf(await collect(store.listDocuments("c", { idPrefix: "a" })))).toEqual(["a-1"]);
    expect(idsOf(await collect(store.listDocuments("c", { idPrefix: "b.*" })))).toEqual(["b.*"]);
    expect(await collect(store.listDocuments("c", { idPrefix: "*" }))).toEqual([]);
    expect(idsOf(await collect(store.listDocuments("")))).toEqual(["a-4"]);
  });

  test("yield each document once while other writers replace them", async () => {
    const bucket = newBucket();
    const store = await server.open(client, { bucket });
    const writer = await server.open(client, { bucket });
    const ids = Array.from({ length: 1_500 }, (_, index) => `k-${index}`);
    await Promise.all(ids.map((id) => store.putDocument("c", id, { n: 0 })));
    let running = true;
    let writes = 0;
    const write = async (offset: number): Promise<void> => {
      for (let n = 1; running; n += 17) {
        await writer.putDocument("c", `k-${(n * 7_919 + offset) % ids.length}`, { n });
        writes++;
      }
    };
    const writing = Promise.all([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11].map(write));
    while (writes < 4_000) {
      const found: string[] = [];
      for await (const { id } of store.listDocuments("c")) {
        // A slow loop: the consumer waits, while documents that it has yet to deliver are replaced.
        if (found.push(id) % 50 === 0) await new Promise<void>((resolve) => setImmediate(resolve));
      }
      expect(found).toHaveLength(ids.length);
      expect(new Set(found).size).toBe(ids.length);
    }
    running = false;
    await writing;
  });

  test("include documents that are replaced before they are delivered", async () => {
    const store = await server.open(client);
    const connection = await server.connect(client);
    const putAll = async (from: number, value: string): Promise<void> => {
      for (let n = from; n < 10_000; n++)
        connection.publish(`$KV.${store.bucket}.c.k-${n}`, new TextEncoder().encode(value));
      await new RawStream(connection, "").publish(`$KV.${store.bucket}.other.end`, "{}");
    };
    await putAll(0, '{"n":1}');
    const found: StoredDocument[] = [];
    for await (const document of store.listDocuments<{ n: number }>("c")) {
      if (found.push(document) === 1) await putAll(1_000, '{"n":2}');
    }
    expect(found).toHaveLength(10_000);
    expect(new Set(idsOf(found)).size).toBe(10_000);
    expect(found.some(({ value }) => (value as { n: number }).n === 2)).toBe(true);
  });

  test("keep only the last value of a bucket with a history", async () => {
    const store = await server.open(client, { history: 5 });
    for (const n of [1, 2, 3]) await store.putDocument("c", "k", { n });
    await store.putDocument("c", "gone", {});
    await store.deleteDocument("c", "gone");
    expect((await collect(store.listDocuments("c"))).map(({ value }) => value)).toEqual([{ n: 3 }]);
  });

  test("skip foreign keys and unreadable values", async () => {
    const store = await server.open(client);
    await store.putDocument("c", "good", { n: 1 });
    const raw = await server.raw(client, store.bucket);
    const subject = (key: string): string => `$KV.${store.bucket}.${key}`;
    for (const key of ["x", "c.a.b", "c.a=2f", "c.=FF", "c.=="]) await raw.publish(subject(key), "{}");
    const unreadable: Readonly<Record<string, string | Uint8Array>> = {
      text: "hello",
      array: "[]",
      null: "null",
      empty: "",
      number: '{"n":12345678901234567890}',
      infinite: '{"n":1e999}',
      binary: Uint8Array.of(0x7b, 0xff, 0x7d),
    };
    for (const [key, value] of Object.entries(unreadable)) await raw.publish(subject(`c.${key}`), value);
    await raw.publish(subject("c.foreign"), '{"n":2}', "NATS/1.0\r\nbroken header\r\n\r\n");
    expect(idsOf(await collect(store.listDocuments("c")))).toEqual(["foreign", "good"]);
    for (const id of Object.keys(unreadable)) {
      await expect(store.getDocument("c", id)).rejects.toMatchObject({ code: "AETHER_INVALID_DOCUMENT", id });
    }
    expect((await store.getDocument("c", "foreign"))?.value).toEqual({ n: 2 });
    await store.deleteDocument("c", "text");
    expect(await store.getDocument("c", "text")).toBeUndefined();
    await store.putDocument("c", "array", { n: 3 });
    await expect(store.putDocument("c", "null", {}, { expectedRevision: "absent" })).rejects.toMatchObject({
      code: "AETHER_REVISION_CONFLICT",
      currentRevision: expect.any(String),
    });
    expect(idsOf(await collect(store.listDocuments("c")))).toEqual(["array", "foreign", "good"]);
  });

  test("read again if messages of the consumer get lost", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    for (let n = 0; n < 20; n++) await store.putDocument("c", `k-${n}`, { n });
    let losses = 0;
    connection.incoming = ({ subject }) => (subject.endsWith(".c.k-7") && losses++ === 0 ? "lose" : "pass");
    expect(await collect(store.listDocuments("c"))).toHaveLength(20);
    expect(losses).toBeGreaterThan(1);
  });

  test("reject if messages of every consumer get lost", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 300 }, connection);
    for (let n = 0; n < 20; n++) await store.putDocument("c", `k-${n}`, { n });
    connection.incoming = ({ subject }) => (subject.endsWith(".c.k-7") ? "lose" : "pass");
    await expect(collect(store.listDocuments("c"))).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
  });

  test("may take longer than the timeout, even if no id has the prefix", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 400 }, connection);
    const text = "x".repeat(10_000);
    await Promise.all(Array.from({ length: 200 }, (_, n) => store.putDocument("c", `k-${n}`, { text })));
    connection.incoming = () => {
      for (const endMs = performance.now() + 4; performance.now() < endMs; ); // A slow connection.
      return "pass";
    };
    const startMs = performance.now();
    expect(await collect(store.listDocuments("c", { idPrefix: "other" }))).toEqual([]);
    expect(performance.now() - startMs).toBeGreaterThan(400);
  });

  test("end with the signal, and with the store", async () => {
    const store = await server.open(client);
    for (let n = 0; n < 3; n++) await store.putDocument("c", `k-${n}`, { n });
    const controller = new AbortController();
    const reason = new Error("stopped");
    await expect(
      (async () => {
        for await (const _ of store.listDocuments("c", { signal: controller.signal })) controller.abort(reason);
      })(),
    ).rejects.toBe(reason);
    const watcher = new Watcher(store, "c");
    await watcher.current();
    await store.close();
    await expect(watcher.done).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
    const raw = await server.raw(client, store.bucket);
    const { consumers } = await raw.api<{ consumers: readonly string[] | null }>("CONSUMER.NAMES.{stream}");
    expect(consumers ?? []).toEqual([]);
  });
});

describe.each(clients)("watches, through $client", (client) => {
  const n = (store: JetStreamDocumentStore, id: string, value: number) => store.putDocument("c", id, { n: value });

  test("report the documents, then current, then the changes", async () => {
    const bucket = newBucket();
    const store = await server.open(client, { bucket });
    const other = await server.open(client, { bucket });
    await n(store, "a", 1);
    await n(store, "gone", 1);
    await store.deleteDocument("c", "gone");
    const watcher = new Watcher(store, "c");
    await watcher.current();
    expect(watcher.names).toEqual(["put a", "current"]);
    // Without the waits, the watch might skip earlier values.
    const reported = (count: number): Promise<void> => watcher.until((changes) => changes.length >= count);
    const revision = await n(other, "b", 2);
    await n(store, "a", 3);
    await reported(4);
    await other.deleteDocument("c", "a");
    await reported(5);
    await n(other, "a", 4);
    await store.putDocument("other", "x", {});
    await store.deleteDocument("c", "never");
    await n(store, "end", 5);
    await reported(7);
    expect(watcher.names).toEqual(["put a", "current", "put b", "put a", "delete a", "put a", "put end"]);
    expect(watcher.changes[2]).toEqual({
      type: "put",
      document: { collection: "c", id: "b", value: { n: 2 }, revision },
    });
    await watcher.stop();
  });

  test("of an empty collection begin with current, and respect the prefix", async () => {
    const store = await server.open(client);
    const watcher = new Watcher(store, "c", { idPrefix: "a" });
    await watcher.current();
    for (const id of ["b", "a-1", "b", "a-2"]) await n(store, id, 1);
    await watcher.until((changes) => changes.length === 3);
    expect(watcher.names).toEqual(["current", "put a-1", "put a-2"]);
    await watcher.stop();
  });

  test("report a document whose value became unreadable as deleted", async () => {
    const store = await server.open(client);
    await n(store, "a", 1);
    const watcher = new Watcher(store, "c");
    await watcher.current();
    const raw = await server.raw(client, store.bucket);
    await raw.publish(`$KV.${store.bucket}.c.a`, "unreadable");
    await raw.publish(`$KV.${store.bucket}.c.b`, "unreadable");
    await watcher.until((changes) => changes.length === 3);
    await n(store, "a", 2);
    await watcher.until((changes) => changes.length === 4);
    expect(watcher.names).toEqual(["put a", "current", "delete a", "put a"]);
    await watcher.stop();
  });

  test("miss no last value while several writers change the documents", async () => {
    const bucket = newBucket();
    const store = await server.open(client, { bucket });
    const ids = Array.from({ length: 300 }, (_, index) => `k-${index}`);
    await Promise.all(ids.map((id) => n(store, id, 0)));
    const watchers: Watcher[] = [];
    await Promise.all(
      [0, 1, 2, 3].map(async (offset) => {
        for (let step = 1; step <= 400; step++) {
          const id = ids[(step * 7 + offset * 31) % ids.length] as string;
          if (step % 5 === 0) await store.deleteDocument("c", id);
          else await n(store, id, step);
          if (offset === 0 && step % 100 === 0) watchers.push(new Watcher(store, "c"));
        }
      }),
    );
    await n(store, "end", 1);
    const expected = new Map((await collect(store.listDocuments("c"))).map((document) => [document.id, document]));
    for (const watcher of watchers) {
      await watcher.until((changes) => changes.some((change) => isPut(change, "end")));
      await watcher.current();
      expect(watcher.state).toEqual(expected);
      expect(watcher.names.filter((name) => name === "current")).toHaveLength(1);
      await watcher.stop();
    }
  });
});

function isPut(change: DocumentChange, id: string): boolean {
  return change.type === "put" && change.document.id === id;
}
