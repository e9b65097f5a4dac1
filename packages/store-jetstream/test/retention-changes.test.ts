import { afterEach, describe, expect, test, vi } from "vitest";
import { eventSubject, floorStream, floorSubject } from "../src/subjects.ts";
import { clients, type TestConnection } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
afterEach(() => void vi.useRealTimers());
const event = (version: number, actorId = "a") => ({ actorId, version, eventType: "Tested", data: {} });

/** Resolves once the server has removed all messages. */
async function expired(raw: RawStream): Promise<void> {
  const count = async () => (await raw.api<{ state: { messages: number } }>("STREAM.INFO.{stream}")).state.messages;
  await expect.poll(count, { interval: 20, timeout: 10_000 }).toBe(0);
}

async function expireAfter(raw: RawStream, maxAgeMs: number): Promise<void> {
  const { config } = await raw.api<{ config: object }>("STREAM.INFO.{stream}");
  const age = maxAgeMs * 1e6;
  const answer = await raw.api("STREAM.UPDATE.{stream}", { ...config, max_age: age, duplicate_window: age });
  expect(answer).not.toHaveProperty("error");
}

async function hasFloor(connection: TestConnection, streamName: string, actorId: string): Promise<boolean> {
  const raw = new RawStream(connection, floorStream(streamName));
  return (await raw.messages(floorSubject(streamName, actorId))).length > 0;
}

describe.each(clients)("a retention that becomes finite, through $client", (client) => {
  test('by "update": no version is used twice, even of actors that are never saved to again', async () => {
    const connection = await server.connect(client);
    const before = await server.open(client, { cacheSize: 0 }, connection);
    const { streamName } = before;
    const actors = Array.from({ length: 30 }, (_, index) => `actor-${index}`);
    for (const actorId of actors) await before.saveEvents([event(1, actorId), event(40, actorId)]);
    await before.close();
    const raw = new RawStream(connection, streamName);
    const foreign = { id: "f", ...event(7, "foreign"), timestamp: "2026-01-01T00:00:00Z" };
    await raw.publish(eventSubject(streamName, "foreign"), JSON.stringify(foreign));
    await raw.publish(eventSubject(streamName, "garbage"), "no event");
    const store = await server.open(client, { streamName, streamRetention: 300, stream: "update" }, connection);
    await expired(raw);
    for (const actorId of actors) {
      expect(await store.getLatestVersion(actorId)).toBeGreaterThanOrEqual(40);
      await expect(store.saveEvent(event(1, actorId))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
      await expect(store.getEvents(actorId)).rejects.toMatchObject({ code: "AETHER_HISTORY_TRUNCATED" });
    }
    expect(await store.getLatestVersion("foreign")).toBeGreaterThanOrEqual(7);
    expect(await store.getLatestVersion("garbage")).toBe(0);
    expect(await store.getEvents("unknown")).toEqual([]);
  });

  test('by "update": floors are written before the server may remove events', async () => {
    const connection = new LossyConnection(await server.connect(client));
    const { streamName } = await server.open(client, {}, connection);
    const store = await server.open(client, { streamName }, connection);
    await store.saveEvent(event(1));
    connection.sent.length = 0;
    await server.open(client, { streamName, streamRetention: 60_000, stream: "update" }, connection);
    const update = connection.sent.indexOf(`$JS.API.STREAM.UPDATE.${streamName}`);
    expect(connection.sent.indexOf(floorSubject(streamName, "a"))).toBeGreaterThan(0);
    expect(connection.sent.indexOf(floorSubject(streamName, "a"))).toBeLessThan(update);
  });

  test("by another tool: an open store notices, and writes the floors of its events", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    for (const version of [1, 2, 3]) await store.saveEvent(event(version));
    const raw = new RawStream(connection, store.streamName);
    await expireAfter(raw, 1_000);
    await store.saveEvent(event(1, "late"));
    vi.advanceTimersByTime(30_000);
    for (const actorId of ["a", "late"]) {
      await expect.poll(() => hasFloor(connection, store.streamName, actorId), { interval: 5 }).toBe(true);
    }
    await store.saveEvent(event(4));
    await store.saveEvent(event(1, "later"));
    await expired(raw);
    expect(await store.getLatestVersion("a")).toBeGreaterThanOrEqual(4);
    for (const actorId of ["a", "late", "later"]) {
      await expect(store.getEvents(actorId)).rejects.toMatchObject({ code: "AETHER_HISTORY_TRUNCATED" });
      await expect(store.saveEvent(event(1, actorId))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
    }
  });

  test("before a store is opened: actors with events get floors", async () => {
    const connection = await server.connect(client);
    const streamName = newStreamName();
    const endless = await server.open(client, { streamName }, connection);
    await endless.saveEvent(event(20));
    const raw = new RawStream(connection, streamName);
    await expireAfter(raw, 1_000);
    const store = await server.open(client, { streamName, streamRetention: 1_000 }, connection);
    await expired(raw);
    expect(await store.getLatestVersion("a")).toBeGreaterThanOrEqual(20);
  });

  test("missing floors are written once, not by every store that is opened", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const options = { streamRetention: 60_000 };
    const { streamName } = await server.open(client, options, connection);
    connection.sent.length = 0;
    await server.open(client, { ...options, streamName }, connection);
    expect(connection.sent.filter((subject) => subject.includes("CONSUMER"))).toEqual([]);
  });
});
