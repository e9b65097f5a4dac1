import { afterEach, describe, expect, test, vi } from "vitest";
import { floorStream, floorSubject, snapshotStream } from "../src/subjects.ts";
import { clients, type TestConnection } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
afterEach(() => void vi.useRealTimers());
const event = (version: number, actorId = "a") => ({ actorId, version, eventType: "Tested", data: {} });
const snapshot = (version: number) => ({ actorId: "a", version, state: { version } });

/** Waits until the server has removed all events. */
async function allExpired(raw: RawStream): Promise<void> {
  const count = async () => (await raw.api<{ state: { messages: number } }>("STREAM.INFO.{stream}")).state.messages;
  await expect.poll(count, { interval: 20, timeout: 10_000 }).toBe(0);
}

async function deleted(connection: TestConnection, stream: string): Promise<RawStream> {
  const raw = new RawStream(connection, stream);
  expect(await raw.api("STREAM.DELETE.{stream}")).toMatchObject({ success: true });
  return raw;
}

/** The floor of an actor, or `undefined` if it has none. */
async function floorOf(connection: TestConnection, streamName: string, actorId: string): Promise<number | undefined> {
  const raw = new RawStream(connection, floorStream(streamName));
  const [last] = (await raw.messages(floorSubject(streamName, actorId))).slice(-1);
  return last && (JSON.parse(last.data) as { floor: number }).floor;
}

describe.each(clients)("a deleted stream of snapshots, through $client", (client) => {
  test("is created again by the next snapshot, even if several are saved at once", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, { ackTimeoutMs: 3_000 }, connection);
    for (const version of [1, 2, 3]) await store.saveEvent(event(version));
    await store.saveSnapshot(snapshot(1));
    for (let round = 0; round < 3; round++) {
      await deleted(connection, snapshotStream(store.streamName));
      expect(await store.getLatestSnapshot("a")).toBeUndefined();
      expect((await store.load("a")).events).toHaveLength(3);
      await Promise.all([1, 2, 3].map((version) => store.saveSnapshot(snapshot(version))));
      expect(await store.getLatestSnapshot("a")).toMatchObject({ version: 3 });
    }
  });

  test("is created again even if it is deleted between the check and the write", async () => {
    const raw = await server.connect(client);
    const connection = new LossyConnection(raw);
    const store = await server.open(client, { ackTimeoutMs: 3_000 }, connection);
    await store.saveEvent(event(1));
    const stream = snapshotStream(store.streamName);
    let isFirst = true;
    connection.outgoing = (subject) => {
      if (!isFirst || !subject.startsWith(`${stream}.`)) return "pass";
      isFirst = false;
      raw.publish(`$JS.API.STREAM.DELETE.${stream}`, new Uint8Array(), { reply: "_INBOX.none" });
      return "pass";
    };
    await store.saveSnapshot(snapshot(1));
    await store.saveSnapshot(snapshot(1));
    expect(await store.getLatestSnapshot("a")).toMatchObject({ version: 1 });
  });

  test('is an error that names it, with "bind"', async () => {
    const connection = await server.connect(client);
    const { streamName } = await server.open(client, {}, connection);
    const store = await server.open(client, { streamName, stream: "bind", ackTimeoutMs: 3_000 }, connection);
    await store.saveEvent(event(1));
    const missing = { code: "AETHER_STREAM_NOT_FOUND", streamName: snapshotStream(streamName) };
    await expect(store.saveSnapshot(snapshot(1))).rejects.toMatchObject(missing);
    const creating = await server.open(client, { streamName }, connection);
    await creating.saveSnapshot(snapshot(1));
    await store.saveSnapshot(snapshot(1));
    await deleted(connection, snapshotStream(streamName));
    await expect(store.saveSnapshot(snapshot(1))).rejects.toMatchObject(missing);
    expect(await store.getLatestSnapshot("a")).toBeUndefined();
  });
});

describe.each(clients)("a deleted stream of floors, through $client", (client) => {
  const options = { streamRetention: 60_000, ackTimeoutMs: 3_000 };

  test.each([
    ["the first save of an actor", event(1, "new")],
    ["a save that exceeds the floor", event(100, "b")],
  ])("is created again by %s, with all floors that the store knows", async (_, next) => {
    const connection = await server.connect(client);
    const store = await server.open(client, options, connection);
    for (const version of [1, 2, 20]) await store.saveEvent(event(version));
    await store.saveEvent(event(1, "b"));
    await deleted(connection, floorStream(store.streamName));
    await store.saveEvent(next);
    expect(await floorOf(connection, store.streamName, "a")).toBeGreaterThanOrEqual(20);
    expect(await floorOf(connection, store.streamName, next.actorId)).toBeGreaterThanOrEqual(next.version);
  });

  test("is created again by a check, without a call", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const connection = await server.connect(client);
    const store = await server.open(client, options, connection);
    await store.saveEvent(event(20));
    await deleted(connection, floorStream(store.streamName));
    vi.advanceTimersByTime(30_000);
    await expect.poll(() => floorOf(connection, store.streamName, "a"), { interval: 5 }).toBeGreaterThanOrEqual(20);
  });

  test("gets a floor for every actor with events when a store is opened", async () => {
    const connection = await server.connect(client);
    const { streamName, ...store } = await opened();
    for (let actor = 0; actor < 50; actor++) await store.save(event(20 + actor, `a-${actor}`));
    await deleted(connection, floorStream(streamName));
    await server.open(client, { ...options, streamName });
    for (let actor = 0; actor < 50; actor++) {
      expect(await floorOf(connection, streamName, `a-${actor}`)).toBeGreaterThanOrEqual(20 + actor);
    }

    async function opened() {
      const made = await server.open(client, options, connection);
      return { streamName: made.streamName, save: made.saveEvent.bind(made) };
    }
  });

  test("does not let a store that knows the floors use a version twice", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, { ...options, streamRetention: 300 }, connection);
    await store.saveEvent(event(20));
    await allExpired(new RawStream(connection, store.streamName));
    await deleted(connection, floorStream(store.streamName));
    const latest = await store.getLatestVersion("a");
    expect(latest).toBeGreaterThanOrEqual(20);
    await expect(store.saveEvent(event(20))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
    await expect(store.getEvents("a")).rejects.toMatchObject({ code: "AETHER_HISTORY_TRUNCATED" });
  });

  describe("that another store has created again", () => {
    /** Opens a store that alone knows the floor of an actor whose events have expired. */
    const withLostFloor = async () => {
      const connection = await server.connect(client);
      const store = await server.open(client, { ...options, streamRetention: 300 }, connection);
      await store.saveEvent(event(20));
      await allExpired(new RawStream(connection, store.streamName));
      await deleted(connection, floorStream(store.streamName));
      await server.open(client, { ...options, streamRetention: 300, streamName: store.streamName });
      expect(await floorOf(connection, store.streamName, "a")).toBeUndefined();
      return { connection, store };
    };

    test("does not let a store that knows the floors use a version twice", async () => {
      const { connection, store } = await withLostFloor();
      expect(await store.getLatestVersion("a")).toBeGreaterThanOrEqual(20);
      await expect(store.saveEvent(event(20))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
      await expect(store.getEvents("a")).rejects.toMatchObject({ code: "AETHER_HISTORY_TRUNCATED" });
      expect(await floorOf(connection, store.streamName, "a")).toBeGreaterThanOrEqual(20);
    });

    test("gets the floors that a store knows by a check, without a call", async () => {
      vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
      const { connection, store } = await withLostFloor();
      vi.advanceTimersByTime(30_000);
      await expect.poll(() => floorOf(connection, store.streamName, "a"), { interval: 5 }).toBeGreaterThanOrEqual(20);
    });
  });

  test("if a floor was erased, the actor's next event gets a floor again", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, { ...options, immutable: false }, connection);
    await store.saveEvent(event(1));
    for (const stream of [store.streamName, floorStream(store.streamName)])
      expect(await new RawStream(connection, stream).api("STREAM.PURGE.{stream}")).toMatchObject({ success: true });
    expect(await store.getLatestVersion("a")).toBe(0);
    await store.saveEvent(event(1));
    expect(await floorOf(connection, store.streamName, "a")).toBeGreaterThanOrEqual(1);
  });

  test('is an error that names it, with "bind"', async () => {
    const connection = await server.connect(client);
    const { streamName } = await server.open(client, options, connection);
    const store = await server.open(client, { ...options, streamName, stream: "bind" }, connection);
    await deleted(connection, floorStream(streamName));
    const missing = { code: "AETHER_STREAM_NOT_FOUND", streamName: floorStream(streamName) };
    await expect(store.saveEvent(event(1))).rejects.toMatchObject(missing);
    await expect(store.getEvents("a")).rejects.toMatchObject(missing);
    await expect(server.open(client, { ...options, streamName, stream: "bind" })).rejects.toMatchObject(missing);
  });
});
