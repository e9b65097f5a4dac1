import { describe, expect, test } from "vitest";
import { JetStreamEventStore } from "../src/index.ts";
import { eventSubject, floorStream, snapshotStream } from "../src/subjects.ts";
import { clients, type TestConnection } from "./support/clients.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const event = (version: number) => ({ actorId: "a", version, eventType: "Tested", data: {} });
type Config = Readonly<Record<string, unknown>> & { readonly metadata?: Readonly<Record<string, string>> };

async function configOf(connection: TestConnection, stream: string): Promise<Config> {
  return (await new RawStream(connection, stream).api<{ config: Config }>("STREAM.INFO.{stream}")).config;
}

/** True if the server is 2.10 or later. Earlier servers ignore metadata and compression. */
function isSince10({ info }: TestConnection): boolean {
  return Number(/^2\.(\d+)/.exec(info?.version ?? "")?.[1]) >= 10;
}

describe.each(clients)("the settings of the streams through $client", (client) => {
  test("say by default which store the streams belong to", async () => {
    const connection = await server.connect(client);
    const streamName = `${newStreamName()}/é`;
    const options = { streamName, namespace: "tenant a", streamRetention: 60_000 };
    const store = await server.open(client, options, connection);
    await store.saveEvent(event(1));
    await store.saveSnapshot({ actorId: "a", version: 1, state: {} });
    const metadata = { "aether.format": "1", "aether.store": streamName, "aether.namespace": "tenant a" };
    for (const [stream, contents] of [
      [store.streamName, "Events"],
      [snapshotStream(store.streamName), "Snapshots"],
      [floorStream(store.streamName), "Version floors"],
    ] as const) {
      const config = await configOf(connection, stream);
      expect(config.description).toMatch(`${contents} of the Aether store "${streamName}" in the namespace "tenant a"`);
      if (isSince10(connection)) expect(config.metadata).toMatchObject(metadata);
    }
  });

  test("can be chosen when the streams are created", async () => {
    const connection = await server.connect(client);
    const options = {
      ...{ maxBytes: 5_000_000, description: "All orders.", metadata: { team: "shop" }, streamRetention: 60_000 },
      ...(isSince10(connection) ? { compression: "s2" as const } : {}),
    };
    const store = await server.open(client, options, connection);
    await store.saveEvent(event(1));
    await store.saveSnapshot({ actorId: "a", version: 1, state: {} });
    const config = await configOf(connection, store.streamName);
    expect(config).toMatchObject({ max_bytes: 5_000_000, description: "All orders." });
    for (const stream of [snapshotStream(store.streamName), floorStream(store.streamName)]) {
      const companion = await configOf(connection, stream);
      expect(companion).toMatchObject({ max_bytes: -1, description: expect.stringMatching(/of the Aether store/) });
      if (isSince10(connection)) {
        expect(companion).toMatchObject({ compression: "s2", metadata: { team: "shop", "aether.format": "1" } });
      }
    }
    const again = await server.open(client, { ...options, streamName: store.streamName }, connection);
    expect(await again.getLatestVersion("a")).toBe(1);
  });

  test("that an existing stream lacks are refused, or updated", async () => {
    const connection = await server.connect(client);
    if (!isSince10(connection)) return;
    const { streamName } = await server.open(client, {}, connection);
    const options = { streamName, maxBytes: 5_000_000, compression: "s2" as const };
    for (const stream of ["create", "bind"] as const) {
      await expect(server.open(client, { ...options, stream }, connection)).rejects.toMatchObject({
        code: "AETHER_STREAM_MISMATCH",
        differences: [
          { setting: "max_bytes", expected: 5_000_000, actual: -1 },
          { setting: "compression", expected: "s2", actual: "none" },
        ],
      });
    }
    await server.open(client, { ...options, stream: "update" }, connection);
    expect(await configOf(connection, streamName)).toMatchObject({ max_bytes: 5_000_000, compression: "s2" });
    await server.open(client, { streamName }, connection);
  });

  test("that only describe a stream never prevent a store from being opened", async () => {
    const connection = await server.connect(client);
    const { streamName } = await server.open(client, { description: "One.", metadata: { a: "1" } }, connection);
    const labels = { streamName, description: "Two.", metadata: { b: "2" } };
    for (const stream of ["create", "bind"] as const) {
      await server.open(client, { ...labels, stream }, connection);
      expect((await configOf(connection, streamName)).description).toBe("One.");
    }
    await server.open(client, { ...labels, stream: "update" }, connection);
    const config = await configOf(connection, streamName);
    expect(config.description).toBe("Two.");
    if (isSince10(connection)) expect(config.metadata).toMatchObject({ a: "1", b: "2", "aether.format": "1" });
  });

  test("that a server before 2.10 ignores are a mismatch that says so", async () => {
    const connection = await server.connect(client);
    if (isSince10(connection)) return;
    const opened = server.open(client, { compression: "s2" }, connection);
    await expect(opened).rejects.toThrow(
      /compression is "none", but must be "s2" \(servers before 2\.10 ignore this setting\)/,
    );
  });

  test("describe the consumers of reads", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    for (let version = 1; version <= 300; version++) await store.saveEvent(event(version));
    const fresh = await server.open(client, { streamName: store.streamName }, connection);
    const reading = fresh.readEvents("a")[Symbol.asyncIterator]();
    for (let read = 0; read < 150; read++) await reading.next();
    const raw = new RawStream(connection, store.streamName);
    const { consumers } = await raw.api<{ consumers: { config: Config }[] }>("CONSUMER.LIST.{stream}");
    expect(consumers.map(({ config }) => config.description)).toEqual([expect.stringMatching(/Aether store/)]);
    await reading.return?.();
  });
});

describe.each(clients)("immutable: false, through $client", (client) => {
  const streamsOf = (name: string) => [name, snapshotStream(name), floorStream(name)];
  const streamRetention = 3_600_000;
  async function erasable(connection: TestConnection) {
    const store = await server.open(client, { immutable: false, streamRetention }, connection);
    await store.saveEvent({ ...event(1), data: { name: "Ada" } });
    await store.saveSnapshot({ actorId: "a", version: 1, state: { name: "Ada" } });
    return store;
  }

  test("creates streams whose messages can be erased", async () => {
    const connection = await server.connect(client);
    const { streamName } = await erasable(connection);
    for (const stream of streamsOf(streamName)) {
      expect(await configOf(connection, stream)).toMatchObject({ deny_delete: false, deny_purge: false });
      const raw = new RawStream(connection, stream);
      expect(await raw.api("STREAM.MSG.DELETE.{stream}", { seq: 1 })).toMatchObject({ success: true });
    }
    await server.open(client, { streamName, streamRetention, immutable: false }, connection);
  });

  test.each([0, 100])("erased messages are no reset, with cacheSize: %i", async (cacheSize) => {
    const connection = await server.connect(client);
    const store = await server.open(client, { immutable: false, cacheSize }, connection);
    const raw = new RawStream(connection, store.streamName);
    for (const version of [1, 2, 3, 4]) await store.saveEvent(event(version));
    const versions = async () => (await store.getEvents("a")).map(({ version }) => version);
    const erase = (seq: number) => raw.api("STREAM.MSG.DELETE.{stream}", { seq });
    await erase(2);
    expect(await versions()).toEqual([1, 3, 4]);
    // After an actor's last message was erased, server 2.9 does not find the one before it.
    if (isSince10(connection)) {
      await erase(4);
      expect(await versions()).toEqual([1, 3]);
      expect(await store.getLatestVersion("a")).toBe(3);
    }
    await store.saveEvent(event(5));
    if (isSince10(connection)) await erase(5);
    await store.saveEvent(event(6));
    expect(await versions()).toEqual(isSince10(connection) ? [1, 3, 6] : [1, 3, 4, 5, 6]);
    await raw.api("STREAM.PURGE.{stream}", { filter: eventSubject(store.streamName, "a") });
    expect(await versions()).toEqual([]);
    expect(await store.getLatestVersion("a")).toBe(0);
    await store.saveEvent(event(7));
    expect(await versions()).toEqual([7]);
  });

  test("with a finite retention, an erased event counts as expired", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, { immutable: false, streamRetention }, connection);
    const { streamName } = store;
    for (const version of [1, 2, 3, 4]) await store.saveEvent(event(version));
    await new RawStream(connection, streamName).api("STREAM.MSG.DELETE.{stream}", { seq: 2 });
    await expect(store.getEvents("a")).rejects.toMatchObject({ code: "AETHER_HISTORY_TRUNCATED" });
    expect(await store.getEvents("a", 3)).toHaveLength(2);
    await store.saveSnapshot({ actorId: "a", version: 2, state: {} });
    expect((await store.load("a")).events).toHaveLength(2);
    const options = { streamName, immutable: false, streamRetention, truncatedHistory: "accept" } as const;
    expect(await (await server.open(client, options)).getEvents("a")).toHaveLength(3);
  });

  test("must be repeated for an existing stream, even to update it: the protection can never be removed", async () => {
    const connection = await server.connect(client);
    const { streamName } = await erasable(connection);
    for (const stream of ["create", "bind", "update"] as const) {
      const opened = server.open(client, { streamName, streamRetention, stream }, connection);
      await expect(opened).rejects.toMatchObject({
        code: "AETHER_STREAM_MISMATCH",
        message: expect.stringContaining("immutable: false"),
        differences: [{ setting: "deny_delete" }, { setting: "deny_purge" }],
      });
    }
    expect(await configOf(connection, streamName)).toMatchObject({ deny_delete: false, deny_purge: false });
  });

  test("can be replaced by an explicit immutable: true", async () => {
    const connection = await server.connect(client);
    const { streamName } = await erasable(connection);
    await expect(server.open(client, { streamName, immutable: true }, connection)).rejects.toMatchObject({
      code: "AETHER_STREAM_MISMATCH",
    });
    const store = await server.open(client, { streamName, immutable: true, stream: "update" }, connection);
    await store.saveSnapshot({ actorId: "a", version: 1, state: {} });
    for (const stream of [streamName, snapshotStream(streamName)]) {
      expect(await configOf(connection, stream)).toMatchObject({ deny_delete: true, deny_purge: true });
    }
  });

  test("is refused for a stream that is protected already", async () => {
    const connection = await server.connect(client);
    const { streamName } = await server.open(client, {}, connection);
    for (const stream of ["create", "update"] as const) {
      const opened = server.open(client, { streamName, stream, immutable: false }, connection);
      await expect(opened).rejects.toThrow(
        /deny_delete is true, but must be false \(this protection can never be removed/,
      );
    }
  });
});

test.each([
  ["options.immutable", { immutable: 1 }],
  ["options.maxBytes", { maxBytes: 0 }],
  ["options.maxBytes", { maxBytes: "1GB" }],
  ["options.compression", { compression: "zstd" }],
  ["options.placement", { placement: "eu" }],
  ["options.placement.cluster", { placement: { cluster: "" } }],
  ["options.placement.tags", { placement: { tags: "ssd" } }],
  ["options.placement.tags[1]", { placement: { tags: ["ssd", 1] } }],
  ["options.description", { description: "é".repeat(2_049) }],
  ["options.metadata", { metadata: "team" }],
  ["options.metadata", { metadata: null }],
  ["options.metadata.team", { metadata: { team: 1 } }],
  ["options.metadata.aether.store", { metadata: { "aether.store": "x" } }],
  ["options.metadata._nats.ver", { metadata: { "_nats.ver": "x" } }],
  ["options.metadata", { metadata: { a: "x".repeat(40_000), b: "x".repeat(40_000) } }],
])("an invalid %s is rejected before anything is sent", async (argument, options) => {
  const refusal = { code: "AETHER_INVALID_ARGUMENT", argument };
  const given = { streamName: "s", ...options } as never;
  await expect(JetStreamEventStore.open({} as never, given)).rejects.toMatchObject(refusal);
});

test("settings that throw on access are rejected", async () => {
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  for (const [argument, options] of [
    ["options.placement", { placement: proxy }],
    ["options.placement.tags", { placement: { tags: proxy } }],
    ["options.metadata", { metadata: proxy }],
  ] as const) {
    const opened = JetStreamEventStore.open({} as never, { streamName: "s", ...options } as never);
    await expect(opened).rejects.toMatchObject({ code: "AETHER_INVALID_ARGUMENT", argument });
  }
});
