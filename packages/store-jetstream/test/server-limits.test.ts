import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { JetStreamEventStore, type NatsConnection } from "../src/index.ts";
import type { TestConnection } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { newStreamName } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const account = (name: string, limits: string): string =>
  `${name}: { users: [{ user: ${name}, password: x }], jetstream: ${limits} }`;
/** Accounts, named after the error code with which the server rejects what exceeds their limit. */
const config = `accounts {
  ${account("free", "enabled")}
  ${account("e10002", "{ max_store: 20000 }")}
  ${account("e10026", "{ max_consumers: 1 }")}
  ${account("e10027", "{ max_streams: 1 }")}
  ${account("e10047", "{ max_store: 20000 }")}
  ${account("e10113", "{ max_bytes_required: true }")}
}`;

let server: NatsServer;
let small: NatsServer;
let strict: NatsServer;
const connections: TestConnection[] = [];
beforeAll(async () => {
  [server, small, strict] = await Promise.all([
    startNatsServer({ config }),
    startNatsServer({ config: "jetstream { max_file_store: 20000 }" }),
    startNatsServer({ config: 'jetstream { limits { max_request_batch: 7, duplicate_window: "30s" } }' }),
  ]);
}, 300_000);
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
});
afterAll(() => Promise.all([server.stop(), small.stop(), strict.stop()]));

const event = (version: number, length = 0, actorId = "order-1") => ({
  actorId,
  version,
  eventType: "Tested",
  data: { text: "x".repeat(length) },
});
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);
const forever = { streamRetention: "forever" } as const;

/** Saves events of 1,000 bytes until a save fails, and returns the error. */
async function saveUntilFull(
  store: JetStreamEventStore,
): Promise<{ readonly error: unknown; readonly stored: number }> {
  for (let version = 1; version < 100; version++) {
    try {
      await store.saveEvent(event(version, 1_000));
    } catch (error) {
      return { error, stored: version - 1 };
    }
  }
  throw new Error("the store is not full");
}

async function change(connection: NatsConnection, streamName: string, settings: object): Promise<void> {
  const raw = new RawStream(connection, streamName);
  const { config: found } = await raw.api<{ config: object }>("STREAM.INFO.{stream}");
  expect(await raw.api("STREAM.UPDATE.{stream}", { ...found, ...settings })).not.toHaveProperty("error");
}

describe.each([
  { client: "nats", connect: connectNats },
  { client: "nats-io", connect: connectNatsIo },
])("through $client", ({ connect }) => {
  const as = async (user: string): Promise<TestConnection> => {
    const connection: TestConnection = await connect({ servers: server.url, user, pass: "x" });
    connections.push(connection);
    return connection;
  };
  const open = async (connection: NatsConnection, ackTimeoutMs = 10_000) =>
    JetStreamEventStore.open(connection, { streamName: newStreamName(), ...forever, ackTimeoutMs });
  const deleteStream = (connection: NatsConnection, { streamName }: JetStreamEventStore) =>
    new RawStream(connection, streamName).api("STREAM.DELETE.{stream}");

  test.each([
    { retention: "forever" as const, update: 3_600_000 },
    { retention: 3_600_000, update: "forever" as const },
  ])("a server with limits for duplicate windows and requests, retention $retention", async ({ retention, update }) => {
    const connection = await connect({ servers: strict.url });
    connections.push(connection);
    const options = { streamName: newStreamName(), ackTimeoutMs: 3_000 };
    const store = await JetStreamEventStore.open(connection, { ...options, streamRetention: retention });
    for (const version of range(20)) await store.saveEvent(event(version));
    await store.saveSnapshot({ actorId: "order-1", version: 2, state: {} });
    const settings = { ...options, streamRetention: update, stream: "update" } as const;
    const updated = await JetStreamEventStore.open(connection, settings);
    expect((await updated.getEvents("order-1")).map(({ version }) => version)).toEqual(range(20));
    expect((await updated.load("order-1")).events).toHaveLength(18);
    const backward: number[] = [];
    for await (const { version } of updated.readEvents("order-1", { direction: "backward" })) backward.push(version);
    expect(backward).toEqual([...range(20)].reverse());
    const fed: number[] = [];
    for await (const { events } of updated.readFeed()) fed.push(...events.map(({ event }) => event.version));
    expect(fed).toEqual(range(20));
    const listed: string[] = [];
    for await (const actorId of updated.listActors()) listed.push(actorId);
    expect(listed).toEqual(["order-1"]);
  });

  test("an account without space left rejects saves as full, and keeps its events", async () => {
    const connection = await as("e10002");
    const store = await open(connection);
    const { error, stored } = await saveUntilFull(store);
    expect(error).toMatchObject({
      code: "AETHER_STORE_FULL",
      streamName: store.streamName,
      reason: expect.stringMatching(/resource limits exceeded for account \(10002\); raise the max_store/),
    });
    expect(await store.getEvents("order-1")).toHaveLength(stored);
    await deleteStream(connection, store);
  });

  test("an account whose space is reserved rejects new streams as full", async () => {
    const connection = await as("e10047");
    const store = await open(connection);
    await change(connection, store.streamName, { max_bytes: 20_000 });
    await expect(open(connection)).rejects.toMatchObject({
      code: "AETHER_STORE_FULL",
      reason: expect.stringMatching(/\(10047\); raise/),
    });
    await deleteStream(connection, store);
  });

  test("an account with too many streams rejects new ones as full, including the stream of the snapshots", async () => {
    const connection = await as("e10027");
    const store = await open(connection);
    const full = { code: "AETHER_STORE_FULL", reason: expect.stringMatching(/\(10027\); raise .*max_streams/) };
    await expect(open(connection)).rejects.toMatchObject(full);
    await store.saveEvent(event(1));
    await expect(store.saveSnapshot({ actorId: "order-1", version: 1, state: {} })).rejects.toMatchObject(full);
    await deleteStream(connection, store);
  });

  test("an account that requires max_bytes rejects new streams as full, and says what to do", async () => {
    await expect(open(await as("e10113"))).rejects.toMatchObject({
      code: "AETHER_STORE_FULL",
      reason: expect.stringMatching(/\(10113\); create the stream yourself, with max_bytes/),
    });
  });

  test("a read waits while the account has too many consumers", async () => {
    const connection = await as("e10026");
    const { streamName } = await open(connection);
    await change(connection, streamName, { allow_direct: false });
    const store = await JetStreamEventStore.open(connection, { streamName, ...forever });
    const impatient = await JetStreamEventStore.open(connection, {
      streamName,
      ...forever,
      ackTimeoutMs: 300,
    });
    await store.saveEvent(event(1));
    const raw = new RawStream(connection, streamName);
    const other = { stream_name: streamName, config: { durable_name: "other", ack_policy: "none" } };
    expect(await raw.api("CONSUMER.DURABLE.CREATE.{stream}.other", other)).not.toHaveProperty("error");
    await expect(impatient.getEvents("order-1")).rejects.toMatchObject({
      code: "AETHER_STORE_UNAVAILABLE",
      reason: expect.stringMatching(/\(10026\); raise max_consumers/),
    });
    const reading = store.getEvents("order-1");
    await raw.api("CONSUMER.DELETE.{stream}.other");
    expect(await reading).toHaveLength(1);
    await deleteStream(connection, store);
  });

  test("a server without space left rejects saves as full, and keeps the stored events", async () => {
    const connection: TestConnection = await connect({ servers: small.url });
    connections.push(connection);
    const store = await open(connection);
    const { error, stored } = await saveUntilFull(store);
    expect(error).toMatchObject({
      code: "AETHER_STORE_FULL",
      reason: expect.stringMatching(/insufficient resources \(10023\); raise the max_file_store/),
    });
    expect(await store.getEvents("order-1")).toHaveLength(stored);
    await deleteStream(connection, store);
  });

  describe("a stream that limits the size of messages", () => {
    test("rejects larger events and snapshots as too large, and accepts them once the limit is raised", async () => {
      const connection = await as("free");
      const store = await open(connection);
      await store.saveEvent(event(1));
      await store.saveSnapshot({ actorId: "order-1", version: 1, state: {} });
      const tooLarge = { code: "AETHER_EVENT_TOO_LARGE", actorId: "order-1", limitBytes: 1_000 };
      const batch = range(10).map((version) => event(version + 1));
      const snapshot = { actorId: "order-1", version: 1, state: { text: "x".repeat(2_000) } };
      for (const name of [store.streamName, `${store.streamName}~~snapshots`]) {
        await change(connection, name, { max_msg_size: 1_000 });
      }
      await expect(store.saveEvent(event(2, 2_000))).rejects.toMatchObject(tooLarge);
      await expect(store.saveEvents(batch)).rejects.toMatchObject(tooLarge);
      await expect(store.saveSnapshot(snapshot)).rejects.toMatchObject(tooLarge);
      for (const name of [store.streamName, `${store.streamName}~~snapshots`]) {
        await change(connection, name, { max_msg_size: -1 });
      }
      await store.saveEvent(event(2, 2_000));
      await store.saveSnapshot(snapshot);
      expect(await store.getEvents("order-1")).toHaveLength(2);
    });

    test.each([
      { when: "before the store is opened", isKnown: true },
      { when: "while the store is open", isKnown: false },
    ])("and was limited $when, stores small saves of one actor that are waiting together", async ({ isKnown }) => {
      const connection = await as("free");
      const first = await open(connection);
      const { streamName } = first;
      if (isKnown) await change(connection, streamName, { max_msg_size: 2_000 });
      const lossy = new LossyConnection(connection);
      const store = await JetStreamEventStore.open(lossy, { streamName, ...forever });
      if (!isKnown) await change(connection, streamName, { max_msg_size: 2_000 });
      const saves = range(40).map((version) => store.saveEvent(event(version, version === 30 ? 3_000 : 200)));
      const results = await Promise.allSettled(saves);
      const failed = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
      expect(failed).toMatchObject([{ code: "AETHER_EVENT_TOO_LARGE", limitBytes: 2_000 }]);
      expect((await store.getEvents("order-1")).map(({ version }) => version)).toEqual(
        range(40).filter((version) => version !== 30),
      );
      const commits = lossy.sent.filter((subject) => subject.startsWith(`${streamName}.events.`));
      expect(commits.length).toBeLessThan(isKnown ? 20 : 30); // groups, not single saves
    });
  });
});
