import { describe, expect, test } from "vitest";
import { clients, type TestClient, type TestConnection } from "../support/clients.ts";
import { collect, newBucket, onOneServer, Watcher } from "../support/documents.ts";
import { type KvOptions, openKv } from "../support/kv.ts";

const server = onOneServer();

const current = clients.find(({ client }) => client === "nats-io") as TestClient;

const names = [
  { collection: "orders", id: "order-1", key: "orders.order-1" },
  { collection: "orders", id: "", key: "orders.=" },
  { collection: "orders", id: "a/b.c", key: "orders.a=2Fb=2Ec" },
  { collection: "Orders", id: "order-1", key: "Orders.order-1" },
  { collection: "", id: "é *", key: "=.=C3=A9=20=2A" },
];

/** Opens a store, and the same bucket with the key-value package of the same client. */
async function openBoth(client: TestClient, options: { readonly history?: number } = {}) {
  const store = await server.open(client, options);
  return { store, kv: await openKv(client, await server.connect(client), store.bucket) };
}

describe.each(clients)("the key-value package of $client", (client) => {
  test("lists and gets the documents of a store", async () => {
    const { store, kv } = await openBoth(client);
    for (const { collection, id, key } of names) {
      const revision = await store.putDocument(collection, id, { key });
      const entry = await kv.get(key);
      expect(JSON.parse(entry?.string() ?? "")).toEqual({ key });
      expect(entry).toMatchObject({ key, operation: "PUT", revision: sequenceOf(revision) });
    }
    await store.putDocument("orders", "gone", {});
    await store.deleteDocument("orders", "gone");
    const keysOf = (found: typeof names) => found.map(({ key }) => key).sort();
    expect([...(await collect(await kv.keys()))].sort()).toEqual(keysOf(names));
    expect([...(await collect(await kv.keys("orders.*")))].sort()).toEqual(
      keysOf(names.filter(({ collection }) => collection === "orders")),
    );
    expect(await kv.get("orders.gone")).toMatchObject({ operation: "DEL" });
  });

  test("watches the documents of a store", async () => {
    const { store, kv } = await openBoth(client);
    await store.putDocument("c", "a", { n: 1 });
    const watch = await kv.watch({ key: "c.*" });
    const found: unknown[] = [];
    for await (const entry of watch) {
      found.push([entry.key, entry.operation, entry.string()]);
      if (found.length === 1) {
        await store.putDocument("c", "b", { n: 2 });
        await store.putDocument("d", "c", { n: 3 });
        await store.deleteDocument("c", "a");
      }
      if (found.length === 3) watch.stop();
    }
    expect(found).toEqual([
      ["c.a", "PUT", '{"n":1}'],
      ["c.b", "PUT", '{"n":2}'],
      ["c.a", "DEL", ""],
    ]);
  });

  test("finds the earlier values of a bucket with a history", async () => {
    const { store, kv } = await openBoth(client, { history: 3 });
    for (const n of [1, 2, 3, 4]) await store.putDocument("c", "a", { n });
    await store.deleteDocument("c", "a");
    const entries = await collect(await kv.history({ key: "c.a" }));
    expect(entries.map((entry) => entry.string())).toEqual(['{"n":3}', '{"n":4}', ""]);
    expect(await store.getDocument("c", "a")).toBeUndefined();
  });

  test("writes documents that a store gets, lists and watches", async () => {
    const { store, kv } = await openBoth(client);
    await kv.put("c.a", '{"n":1}');
    await kv.put("c.b", '{ "n" : 2 }');
    const watcher = new Watcher(store, "c");
    await watcher.current();
    expect(watcher.names).toEqual(["put a", "put b", "current"]);
    for (const [id, n] of [
      ["a", 1],
      ["b", 2],
    ] as const)
      expect((await store.getDocument("c", id))?.value).toEqual({ n });
    const steps: readonly (readonly [change: string, run: () => Promise<unknown>])[] = [
      ["put a", () => kv.put("c.a", '{"n":3}')],
      ["delete a", () => kv.delete("c.a")],
      ["delete b", () => kv.purge("c.b")],
      ["put b", () => kv.create("c.b", '{"n":4}')],
      ["put =2F", () => kv.put("c.=3D2F", '{"n":5}')],
    ];
    for (const [index, [change, run]] of steps.entries()) {
      await run();
      await watcher.until((changes) => changes.length === 4 + index);
      expect(watcher.names.at(-1)).toBe(change);
    }
    expect(await store.getDocument("c", "a")).toBeUndefined();
    expect(watcher.state).toEqual(
      new Map((await collect(store.listDocuments("c"))).map((document) => [document.id, document])),
    );
    expect([...watcher.state.keys()]).toEqual(["b", "=2F"]);
    await watcher.stop();
  });

  test("and a store get conflicts from each other, and never a revision twice", async () => {
    const { store, kv } = await openBoth(client);
    const first = await store.putDocument("c", "a", { n: 1 }, { expectedRevision: "absent" });
    await expect(kv.create("c.a", "{}")).rejects.toThrow(/wrong last sequence/);
    const second = await kv.update("c.a", '{"n":2}', sequenceOf(first));
    const conflict = (expectedRevision: string) => ({ code: "AETHER_REVISION_CONFLICT", expectedRevision });
    const replace = store.putDocument("c", "a", { n: 3 }, { expectedRevision: first });
    await expect(replace).rejects.toMatchObject({ ...conflict(first), currentRevision: expect.stringMatching(/-2$/) });
    const found = await store.getDocument("c", "a");
    expect(sequenceOf(found?.revision ?? "")).toBe(second);
    const third = await store.putDocument("c", "a", { n: 3 }, { expectedRevision: found?.revision });
    await expect(kv.update("c.a", "{}", second)).rejects.toThrow(/wrong last sequence/);

    for (const remove of [() => kv.delete("c.a"), () => kv.purge("c.a"), () => kv.purgeDeletes(-60_000)]) {
      await remove();
      const stale = store.putDocument("c", "a", { n: 4 }, { expectedRevision: third });
      await expect(stale).rejects.toMatchObject({ ...conflict(third), currentRevision: undefined });
      await store.deleteDocument("c", "a", { expectedRevision: "absent" });
    }
    expect(await collect(await kv.history({ key: ">" }))).toEqual([]);
    const again = await store.putDocument("c", "a", { n: 1 }, { expectedRevision: "absent" });
    expect(new Set([first, found?.revision, third, again]).size).toBe(4);
    await store.deleteDocument("c", "a", { expectedRevision: again });
    expect(await kv.create("c.a", '{"n":5}')).toBeGreaterThan(sequenceOf(again) + 1);
  });

  test("harms only its own keys with keys and values that are not documents", async () => {
    const { store, kv } = await openBoth(client);
    await store.putDocument("c", "good", { n: 1 });
    for (const key of ["c", "c.a.b", "c.a=2f", "c.a/b", "c.=FF", "=probe.x"]) await kv.put(key, '{"n":2}');
    await kv.put("c.bad", "no JSON");
    await kv.put("c.empty", "");
    const watcher = new Watcher(store, "c");
    await watcher.current();
    expect(watcher.names).toEqual(["put good", "current"]);
    expect((await collect(store.listDocuments("c"))).map(({ id }) => id)).toEqual(["good"]);
    for (const id of ["bad", "empty"]) {
      await expect(store.getDocument("c", id)).rejects.toMatchObject({ code: "AETHER_INVALID_DOCUMENT", id });
      await store.putDocument("c", id, { n: 3 });
    }
    await watcher.until((changes) => changes.length === 4);
    await kv.put("c.good", "no JSON");
    await watcher.until((changes) => changes.length === 5);
    expect(watcher.names.slice(2)).toEqual(["put bad", "put empty", "delete good"]);
    await watcher.stop();
  });

  test.each(["create", "update", "bind"] as const)("creates buckets that a store opens: %s", async (stream) => {
    const connection = await server.connect(client);
    const bucket = newBucket();
    const kv = await openKv(client, connection, bucket, { history: 5, description: "Made by another program." });
    await kv.put("c.a", '{"n":1}');
    const store = await server.open(client, { bucket, stream }, connection);
    const found = await store.getDocument("c", "a");
    expect(found?.value).toEqual({ n: 1 });
    await store.putDocument("c", "a", { n: 2 }, { expectedRevision: found?.revision });
    expect((await kv.get("c.a"))?.string()).toBe('{"n":2}');
    const raw = await server.raw(client, bucket);
    const { config } = await raw.api<{ config: { max_msgs_per_subject: number } }>("STREAM.INFO.{stream}");
    expect(config).toMatchObject({ max_msgs_per_subject: 5, description: "Made by another program." });
  });

  test.each<readonly [setting: string, given: KvOptions]>([
    ["max_age", { ttl: 60_000 }],
    ["storage", { storage: "memory" }],
  ])("creates buckets that a store rejects because of %s", async (setting, given) => {
    const connection = await server.connect(client);
    const bucket = newBucket();
    await openKv(client, connection, bucket, given);
    for (const stream of ["create", "bind"] as const) {
      await expect(server.open(client, { bucket, stream }, connection)).rejects.toMatchObject({
        code: "AETHER_STREAM_MISMATCH",
        streamName: `KV_${bucket}`,
        differences: [{ setting }],
      });
    }
  });

  test("creates mirrors and copies of buckets, which a store rejects", async () => {
    const connection = await server.connect(client);
    const [origin, mirror, copy] = [newBucket(), newBucket(), newBucket()];
    await openKv(client, connection, origin);
    await openKv(client, connection, mirror, { mirror: { name: origin } });
    const mismatch = { code: "AETHER_STREAM_MISMATCH" };
    const settingsOf = async (bucket: string): Promise<readonly string[]> => {
      const error: unknown = await server.open(client, { bucket }, connection).catch((reason: unknown) => reason);
      expect(error).toMatchObject(mismatch);
      return (error as { differences: readonly { setting: string }[] }).differences.map(({ setting }) => setting);
    };
    expect(await settingsOf(mirror)).toContain("mirror");
    if (!isSince(connection, 10)) return; // The packages cannot create copies on earlier servers.
    await openKv(client, connection, copy, { sources: [{ name: origin }] });
    expect(await settingsOf(copy)).toContain("sources");
  });

  test("shows a setting that differs from a requested one, which update changes", async () => {
    const connection = await server.connect(client);
    const bucket = newBucket();
    await openKv(client, connection, bucket, { history: 3 });
    const options = { bucket, history: 5, maxBytes: 1_000_000 };
    await expect(server.open(client, options, connection)).rejects.toMatchObject({
      code: "AETHER_STREAM_MISMATCH",
      differences: [
        { setting: "max_msgs_per_subject", expected: 5, actual: 3 },
        { setting: "max_bytes", expected: 1_000_000, actual: -1 },
      ],
    });
    await server.open(client, { ...options, stream: "update" }, connection);
    await server.open(client, { ...options, stream: "bind" }, connection);
  });

  test("may find documents that the current package lets expire: then they are deleted", async () => {
    const connection = await server.connect(current);
    if (!isSince(connection, 11)) return; // Earlier servers keep all values.
    const bucket = newBucket();
    const kv = await openKv(current, connection, bucket, { markerTTL: 60_000 });
    const store = await server.open(client, { bucket });
    const watcher = new Watcher(store, "c");
    await watcher.current();
    await kv.create("c.a", '{"n":1}', "1s");
    await watcher.until((changes) => changes.length === 3);
    expect(watcher.names).toEqual(["current", "put a", "delete a"]);
    const [, put] = watcher.changes;
    const expired = put?.type === "put" ? put.document.revision : undefined;
    expect(await store.getDocument("c", "a")).toBeUndefined();
    await expect(store.putDocument("c", "a", {}, { expectedRevision: expired })).rejects.toMatchObject({
      code: "AETHER_REVISION_CONFLICT",
      currentRevision: undefined,
    });
    await store.putDocument("c", "a", { n: 2 }, { expectedRevision: "absent" });
    await watcher.until((changes) => changes.length === 4);
    await watcher.stop();
  });
});

function sequenceOf(revision: string): number {
  return Number(revision.slice(revision.indexOf("-") + 1));
}

function isSince({ info }: TestConnection, minor: number): boolean {
  return Number(/^2\.(\d+)/.exec(info?.version ?? "")?.[1]) >= minor;
}
