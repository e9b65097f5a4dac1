import { describe, expect, test } from "vitest";
import { JetStreamEventStore } from "../src/index.ts";
import { clients } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const event = { actorId: "a", version: 1, eventType: "Tested", data: {} };

describe.each(clients)("opening through $client", (client) => {
  test("creates a stream that rejects deletes, and opens it again unchanged", async () => {
    const connection = await server.connect(client);
    const store = await JetStreamEventStore.open(connection, { streamName: newStreamName() });
    const raw = new RawStream(connection, store.streamName);
    const { config } = await raw.api<{ config: Record<string, unknown> }>("STREAM.INFO.{stream}");
    expect(config).toMatchObject({
      subjects: [`${store.streamName}.events.*.*.*`],
      storage: "file",
      retention: "limits",
      discard: "new",
      deny_delete: true,
      deny_purge: true,
      num_replicas: 1,
      max_age: 365 * 24 * 3_600 * 1e9,
    });
    await store.saveEvent(event);
    const again = await JetStreamEventStore.open(connection, { streamName: store.streamName });
    expect(await again.getEvents("a")).toHaveLength(1);
  });

  test('keeps events "forever", or for a number of milliseconds', async () => {
    const connection = await server.connect(client);
    const ageOf = async (streamRetention: number | "forever"): Promise<number> => {
      const { streamName } = await server.open(client, { streamRetention }, connection);
      const { config } = await new RawStream(connection, streamName).api<{ config: { max_age: number } }>(
        "STREAM.INFO.{stream}",
      );
      return config.max_age;
    };
    expect(await ageOf("forever")).toBe(0);
    expect(await ageOf(1_500)).toBe(1.5e9);
  });

  test("a stream whose settings differ from the requested ones is rejected with each difference", async () => {
    const connection = await server.connect(client);
    const { streamName } = await server.open(client, { streamRetention: "forever" }, connection);
    await expect(server.open(client, { streamName, streamRetention: 60_000 }, connection)).rejects.toMatchObject({
      code: "AETHER_STREAM_MISMATCH",
      streamName,
      differences: [{ setting: "max_age", expected: 6e10, actual: 0 }],
    });
    await expect(server.open(client, { streamName }, connection)).resolves.toBeDefined();
  });

  test.each(["create", "update", "bind"] as const)(
    "a stream with the subjects of an earlier format is rejected with an explanation, and not changed: %s",
    async (stream) => {
      const connection = await server.connect(client);
      const streamName = newStreamName();
      const raw = new RawStream(connection, streamName);
      const subjects = [`${streamName}.events.>`];
      const guards = { discard: "new", deny_delete: true, deny_purge: true };
      await raw.api("STREAM.CREATE.{stream}", { name: streamName, subjects, ...guards });
      await expect(server.open(client, { streamName, stream }, connection)).rejects.toMatchObject({
        code: "AETHER_STREAM_MISMATCH",
        message: expect.stringContaining("an earlier format, without partitions"),
        differences: [{ setting: "subjects", expected: [`${streamName}.events.*.*.*`], actual: subjects }],
      });
      const { config } = await raw.api<{ config: { subjects: string[] } }>("STREAM.INFO.{stream}");
      expect(config.subjects).toEqual(subjects);
    },
  );

  test("a retention can be shortened to less than the server's default duplicate window", async () => {
    const connection = await server.connect(client);
    const { streamName } = await server.open(client, { streamRetention: "forever" }, connection);
    await server.open(client, { streamName, streamRetention: 60_000, stream: "update" }, connection);
    const raw = new RawStream(connection, streamName);
    const { config } = await raw.api<{ config: { max_age: number } }>("STREAM.INFO.{stream}");
    expect(config.max_age).toBe(60e9);
  });

  test("a stream of another program is rejected", async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    await new RawStream(connection, streamName).api("STREAM.CREATE.{stream}", {
      name: streamName,
      subjects: [`${streamName}.>`],
    });
    const opened = server.open(client, { streamName }, connection);
    await expect(opened).rejects.toMatchObject({ code: "AETHER_STREAM_MISMATCH" });
    await expect(opened).rejects.toThrow(/subjects is .*discard is .*deny_delete is false/);
    await expect(opened).rejects.not.toThrow(/earlier format/);
  });

  test("several connections can open the same new store at once", async () => {
    const streamName = newStreamName();
    const connections = await Promise.all([1, 2, 3, 4].map(() => server.connect(client)));
    const stores = await Promise.all(connections.map((connection) => server.open(client, { streamName }, connection)));
    await stores[0]?.saveEvent(event);
    for (const store of stores) expect(await store.getLatestVersion("a")).toBe(1);
  });

  test("namespaces separate stores of the same name, whatever characters the names contain", async () => {
    const connection = await server.connect(client);
    const id = crypto.randomUUID();
    const stores = await Promise.all(
      [
        { namespace: "a", streamName: `b.*>${id}` },
        { namespace: "a~b", streamName: `.*>${id}` },
        { streamName: `a~b.*>${id}` },
        { namespace: "💥 /..\\%s\r\n", streamName: `b.*>${id}` },
      ].map((options) => server.open(client, options, connection)),
    );
    for (const [index, store] of stores.entries()) await store.saveEvent({ ...event, data: { index } });
    for (const [index, store] of stores.entries()) {
      expect((await store.getEvents("a")).map(({ data }) => data)).toEqual([{ index }]);
    }
  });

  test("a replicated stream is rejected on a server that lets several writers win", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const info = connection.info;
    if (info === undefined) throw new Error("no server info");
    for (const version of ["2.9.0", "2.9.20", "2.8.4", "2.9.20-beta.1"]) {
      Object.defineProperty(connection, "info", { value: { ...info, version }, configurable: true });
      await expect(server.open(client, { replicaCount: 3 }, connection)).rejects.toMatchObject({
        code: "AETHER_UNSAFE_SERVER",
        serverVersion: version,
        minimumVersion: "2.9.21",
        replicaCount: 3,
      });
    }
    Object.defineProperty(connection, "info", { value: { ...info, version: "2.9.20" } });
    await expect(server.open(client, {}, connection)).resolves.toBeDefined();
  });

  test("a failed open leaves no subscription on the connection", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const { streamName } = await server.open(client, { streamRetention: "forever" });
    const opened = server.open(client, { streamName, streamRetention: 60_000 }, connection);
    await expect(opened).rejects.toMatchObject({ code: "AETHER_STREAM_MISMATCH" });
    expect(connection.subscriptions).toBe(0);
  });

  test("a closed connection is rejected", async () => {
    const connection = await server.connect(client);
    await connection.close();
    const refusal = { code: "AETHER_INVALID_ARGUMENT", argument: "connection", reason: "is closed" };
    await expect(server.open(client, {}, connection)).rejects.toMatchObject(refusal);
  });
});

test.each([
  ["options.streamName", { streamName: "" }],
  ["options.streamName", { streamName: "a\ud800" }],
  ["options.streamName", { streamName: "é".repeat(100) }],
  ["options.namespace", { streamName: "s", namespace: "" }],
  ["options.streamRetention", { streamName: "s", streamRetention: 0 }],
  ["options.streamRetention", { streamName: "s", streamRetention: 1e15 }],
  ["options.streamRetention", { streamName: "s", streamRetention: "always" }],
  ["options.replicaCount", { streamName: "s", replicaCount: 0 }],
  ["options.replicaCount", { streamName: "s", replicaCount: 6 }],
  ["options.cacheSize", { streamName: "s", cacheSize: -1 }],
  ["options.ackTimeoutMs", { streamName: "s", ackTimeoutMs: 0 }],
  ["options.maxInFlight", { streamName: "s", maxInFlight: 1.5 }],
  ["options", undefined],
])("an invalid %s is rejected before anything is sent", async (argument, options) => {
  const refusal = { code: "AETHER_INVALID_ARGUMENT", argument };
  await expect(JetStreamEventStore.open({} as never, options as never)).rejects.toMatchObject(refusal);
});

test("connections and options that throw on access are rejected", async () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const [given, options, argument] of [
    [proxy, { streamName: "s" }, "connection"],
    [{}, proxy, "options"],
    [{}, { streamName: proxy }, "options.streamName"],
    [{}, { streamName: "s", bus: {} }, "options.bus"],
  ]) {
    const refusal = { code: "AETHER_INVALID_ARGUMENT", argument };
    await expect(JetStreamEventStore.open(given as never, options as never)).rejects.toMatchObject(refusal);
  }
});

test.each([[undefined], [null], [{}], [{ publish() {}, subscribe() {} }]])(
  "%j is rejected as a connection",
  async (connection) => {
    const refusal = { code: "AETHER_INVALID_ARGUMENT", argument: "connection" };
    await expect(JetStreamEventStore.open(connection as never, { streamName: "s" })).rejects.toMatchObject(refusal);
  },
);
