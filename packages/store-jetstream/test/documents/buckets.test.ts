import { describe, expect, test } from "vitest";
import { clients, type TestConnection } from "../support/clients.ts";
import { collect, newBucket, onOneServer } from "../support/documents.ts";
import { RawStream } from "../support/raw-stream.ts";

const server = onOneServer();

interface Info {
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: { readonly messages: number };
}

const infoOf = (connection: TestConnection, bucket: string): Promise<Info> =>
  new RawStream(connection, `KV_${bucket}`).api<Info>("STREAM.INFO.{stream}");

/** True if the server is 2.10 or later. Earlier servers ignore metadata and compression. */
function isSince10({ info }: TestConnection): boolean {
  return Number(/^2\.(\d+)/.exec(info?.version ?? "")?.[1]) >= 10;
}

describe.each(clients)("buckets, through $client", (client) => {
  test("are created in the layout of key-value buckets", async () => {
    const connection = await server.connect(client);
    const { bucket } = await server.open(client, {}, connection);
    const { config } = await infoOf(connection, bucket);
    expect(config).toMatchObject({
      name: `KV_${bucket}`,
      subjects: [`$KV.${bucket}.>`],
      description: `Documents of the Aether store "${bucket}".`,
      storage: "file",
      retention: "limits",
      discard: "new",
      max_age: 0,
      max_msgs_per_subject: 1,
      max_bytes: -1,
      num_replicas: 1,
      deny_delete: true,
      allow_rollup_hdrs: true,
      duplicate_window: 30e9,
    });
    expect(config.allow_direct ?? false).toBe(false);
    expect(config.deny_purge ?? false).toBe(false);
    if (isSince10(connection)) expect(config.metadata).toMatchObject({ "aether.format": "1" });
  });

  test("have the requested settings, and keep those that are not requested", async () => {
    const connection = await server.connect(client);
    const bucket = newBucket();
    const compression = isSince10(connection) ? { compression: "s2" as const } : {};
    const options = { bucket, history: 4, maxBytes: 5_000_000, description: "Carts.", ...compression };
    await server.open(client, { ...options, metadata: { team: "shop" } }, connection);
    for (const stream of ["create", "bind", "update"] as const) {
      await server.open(client, { bucket, stream }, connection);
      await server.open(client, { ...options, stream }, connection);
    }
    const { config } = await infoOf(connection, bucket);
    expect(config).toMatchObject({ max_msgs_per_subject: 4, max_bytes: 5_000_000, description: "Carts." });
    if (isSince10(connection)) expect(config).toMatchObject({ compression: "s2", metadata: { team: "shop" } });
  });

  test("are changed only by update, which keeps the documents", async () => {
    const connection = await server.connect(client);
    const bucket = newBucket();
    const store = await server.open(client, { bucket }, connection);
    const revision = await store.putDocument("c", "k", { n: 1 });
    for (const stream of ["create", "bind"] as const) {
      await expect(server.open(client, { bucket, history: 2, stream }, connection)).rejects.toMatchObject({
        code: "AETHER_STREAM_MISMATCH",
        streamName: `KV_${bucket}`,
        differences: [{ setting: "max_msgs_per_subject", expected: 2, actual: 1 }],
      });
    }
    const updated = await server.open(client, { bucket, history: 2, stream: "update" }, connection);
    expect(await updated.putDocument("c", "k", { n: 2 }, { expectedRevision: revision })).toBe(
      (await store.getDocument("c", "k"))?.revision,
    );
    expect(await infoOf(connection, bucket)).toMatchObject({
      config: { max_msgs_per_subject: 2 },
      state: { messages: 2 },
    });
  });

  test("that do not exist are not created by bind", async () => {
    const connection = await server.connect(client);
    const bucket = newBucket();
    await expect(server.open(client, { bucket, stream: "bind" }, connection)).rejects.toMatchObject({
      code: "AETHER_STREAM_NOT_FOUND",
      streamName: `KV_${bucket}`,
    });
    const store = await server.open(client, { bucket }, connection);
    await store.putDocument("c", "k", { n: 1 });
    expect(
      await (await server.open(client, { bucket, stream: "bind" }, connection)).getDocument("c", "k"),
    ).toBeDefined();
  });

  test("that lose documents are rejected, and update corrects them", async () => {
    const connection = await server.connect(client);
    const bucket = newBucket();
    const raw = new RawStream(connection, `KV_${bucket}`);
    const subjects = [`$KV.${bucket}.>`];
    await raw.api("STREAM.CREATE.{stream}", {
      ...{ name: `KV_${bucket}`, subjects, discard: "old", max_age: 60e9, max_msgs_per_subject: 1 },
      ...{ allow_rollup_hdrs: true, storage: "file" },
    });
    await expect(server.open(client, { bucket }, connection)).rejects.toMatchObject({
      code: "AETHER_STREAM_MISMATCH",
      differences: [{ setting: "discard" }, { setting: "max_age" }],
    });
    await server.open(client, { bucket, stream: "update" }, connection);
    expect((await infoOf(connection, bucket)).config).toMatchObject({ discard: "new", max_age: 0 });
  });

  test("that get a setting with which documents are lost while a store is open end its calls", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    await store.putDocument("c", "k", { n: 1 });
    const raw = new RawStream(connection, `KV_${store.bucket}`);
    const { config } = await infoOf(connection, store.bucket);
    await raw.api("STREAM.UPDATE.{stream}", { ...config, max_age: 60e9, duplicate_window: 60e9 });
    const reading = store.listDocuments("c")[Symbol.asyncIterator]().next(); // A list checks the bucket.
    await expect(reading).rejects.toMatchObject({ code: "AETHER_STREAM_MISMATCH" });
    await expect(store.getDocument("c", "k")).rejects.toMatchObject({ code: "AETHER_STREAM_MISMATCH" });
    await expect(store.putDocument("c", "k", {})).rejects.toMatchObject({ code: "AETHER_STREAM_MISMATCH" });
  });

  test("of different namespaces have different documents", async () => {
    const connection = await server.connect(client);
    const bucket = newBucket();
    const namespaces = [undefined, "a", "A", "a.b", "a_b", "é"];
    const stores = await Promise.all(
      namespaces.map((namespace) => server.open(client, { bucket, namespace }, connection)),
    );
    await Promise.all(
      stores.map((store, index) => store.putDocument("c", "k", { index }, { expectedRevision: "absent" })),
    );
    expect(new Set(stores.map((store) => store.bucket)).size).toBe(namespaces.length);
    for (const [index, store] of stores.entries())
      expect((await collect(store.listDocuments("c"))).map(({ value }) => value)).toEqual([{ index }]);
    if (!isSince10(connection)) return;
    const { config } = await infoOf(connection, (stores[3] as (typeof stores)[number]).bucket);
    expect(config.metadata).toMatchObject({ "aether.namespace": "a.b" });
  });

  test("that were deleted end calls", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, { ackTimeoutMs: 2_000 }, connection);
    const revision = await store.putDocument("c", "k", { n: 1 });
    await new RawStream(connection, `KV_${store.bucket}`).api("STREAM.DELETE.{stream}");
    const calls = [
      () => store.getDocument("c", "k"),
      () => collect(store.listDocuments("c")),
      () => store.putDocument("c", "k", { n: 2 }),
      () => store.putDocument("c", "k", { n: 2 }, { expectedRevision: revision }),
      () => store.deleteDocument("c", "k"),
    ];
    for (const call of calls) await expect(call()).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });
  });

  test("that were deleted end lists, whichever answer of the server arrives first", async () => {
    const connection = await server.connect(client);
    const slow = new Proxy(connection, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        if (name !== "publish") return member.bind(target);
        return (subject: string, ...rest: unknown[]) => {
          const send = () => void member.call(target, subject, ...rest);
          subject.startsWith("$JS.API.STREAM.INFO.") ? setTimeout(send, 30) : send();
        };
      },
    });
    const store = await server.open(client, { ackTimeoutMs: 2_000 }, slow);
    await store.putDocument("c", "k", { n: 1 });
    await new RawStream(connection, `KV_${store.bucket}`).api("STREAM.DELETE.{stream}");
    await expect(collect(store.listDocuments("c"))).rejects.toMatchObject({ code: "AETHER_STREAM_RESET" });
  });
});
