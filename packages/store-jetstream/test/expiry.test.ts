import type { NewEvent } from "@aether/core";
import { describe, expect, test } from "vitest";
import { eventSubject, floorStream, floorSubject } from "../src/subjects.ts";
import { clients } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const retention = 1_000;
const event = (version: number, actorId = "a-1"): NewEvent => ({ actorId, version, eventType: "Tested", data: {} });
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** Resolves once the server has removed all but this number of messages. */
async function expired(raw: RawStream, messages: number): Promise<void> {
  const count = async (): Promise<number> =>
    (await raw.api<{ state: { messages: number } }>("STREAM.INFO.{stream}")).state.messages;
  await expect.poll(count, { timeout: 15_000, interval: 50 }).toBeLessThanOrEqual(messages);
}

describe.each(clients)("events that expire, through $client", (client) => {
  test("after all events have expired, no version is reused, and no read returns an empty history", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, { streamRetention: retention }, connection);
    for (const version of range(1, 20)) await store.saveEvent(event(version));
    await expired(new RawStream(connection, store.streamName), 0);
    const fresh = await server.open(client, { streamName: store.streamName, streamRetention: retention }, connection);
    for (const each of [store, fresh]) {
      const latest = await each.getLatestVersion("a-1");
      expect(latest).toBeGreaterThanOrEqual(20);
      await expect(each.saveEvent(event(latest))).rejects.toMatchObject({
        code: "AETHER_VERSION_CONFLICT",
        currentVersion: latest,
      });
      await expect(each.saveEvent(event(1))).rejects.toMatchObject({ currentVersion: latest, sameEvent: false });
      const truncated = { code: "AETHER_HISTORY_TRUNCATED", actorId: "a-1", firstVersion: undefined };
      await expect(each.getEvents("a-1")).rejects.toMatchObject(truncated);
      await expect(each.load("a-1")).rejects.toMatchObject(truncated);
      const snapshot = { actorId: "a-1", version: 2, state: {} };
      await expect(each.saveSnapshot(snapshot)).rejects.toMatchObject(truncated);
    }
    const next = (await fresh.getLatestVersion("a-1")) + 1;
    await fresh.saveEvent(event(next));
    await expect(fresh.getEvents("a-1")).rejects.toMatchObject({
      code: "AETHER_HISTORY_TRUNCATED",
      firstVersion: next,
    });
    expect((await fresh.getEvents("a-1", next)).map(({ version }) => version)).toEqual([next]);
    expect(await fresh.getEvents("unknown")).toEqual([]);
    expect(await fresh.getLatestVersion("unknown")).toBe(0);
    expect(await fresh.load("unknown")).toEqual({ snapshot: undefined, events: [] });
  });

  test("a read whose first events have expired rejects, unless truncated histories are accepted", async () => {
    const connection = await server.connect(client);
    const options = { streamRetention: 2_000 };
    const store = await server.open(client, options, connection);
    await store.saveEvents(range(1, 5).map((version) => event(version)));
    await store.saveSnapshot({ actorId: "a-1", version: 5, state: { sum: 15 } });
    const raw = new RawStream(connection, store.streamName);
    const renew = async (): Promise<void> => {
      // Keeps one event of the actor younger than the retention until the first message has expired.
      const last = await store.getLatestVersion("a-1");
      await store.saveEvent(event(last + 1));
    };
    await renew();
    const first = async (): Promise<number> => {
      await renew();
      return (await raw.api<{ state: { first_seq: number } }>("STREAM.INFO.{stream}")).state.first_seq;
    };
    await expect.poll(first, { timeout: 15_000, interval: 100 }).toBeGreaterThan(1);
    for (const open of [store, await server.open(client, { ...options, streamName: store.streamName }, connection)]) {
      const refused = await open.getEvents("a-1").catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: "AETHER_HISTORY_TRUNCATED" });
      expect((refused as { firstVersion: number }).firstVersion).toBeGreaterThan(5);
      const backward = async (): Promise<void> => {
        for await (const _ of open.readEvents("a-1", { direction: "backward" }));
      };
      await expect(backward()).rejects.toMatchObject({ code: "AETHER_HISTORY_TRUNCATED" });
    }
    const accepting = await server.open(
      client,
      { ...options, streamName: store.streamName, truncatedHistory: "accept" },
      connection,
    );
    const rest = await accepting.getEvents("a-1");
    expect(rest.length).toBeGreaterThan(0);
    expect(rest[0]?.version).toBeGreaterThan(5);
  });

  test("a snapshot replaces expired events, until versions follow that it may not include", async () => {
    const connection = await server.connect(client);
    const options = { streamRetention: retention };
    const store = await server.open(client, options, connection);
    await store.saveEvents(range(1, 5).map((version) => event(version)));
    await store.saveSnapshot({ actorId: "a-1", version: 5, state: { sum: 15 } });
    await expired(new RawStream(connection, store.streamName), 0);
    expect(await store.load("a-1")).toMatchObject({ snapshot: { version: 5 }, events: [] });
    const next = (await store.getLatestVersion("a-1")) + 1;
    await store.saveEvent(event(next));
    // There may have been other versions between 5 and the new one.
    await expect(store.load("a-1")).rejects.toMatchObject({ code: "AETHER_HISTORY_TRUNCATED", firstVersion: next });
    await store.saveSnapshot({ actorId: "a-1", version: next, state: { sum: 15 } });
    expect(await store.load("a-1")).toMatchObject({ snapshot: { version: next }, events: [] });
  });

  test("an actor whose first writer died between floor and commit starts at version 1", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { streamRetention: 60_000, ackTimeoutMs: 1_500 }, connection);
    await store.saveEvent(event(1, "other"));
    connection.outgoing = (subject) => (subject.startsWith(`${store.streamName}.events.`) ? "lose" : "pass");
    await expect(store.saveEvent(event(1))).rejects.toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN" });
    const next = await server.open(client, { streamName: store.streamName, streamRetention: 60_000 });
    const floors = new RawStream(await server.connect(client), floorStream(store.streamName));
    expect(await floors.messages(floorSubject(store.streamName, "a-1"))).toHaveLength(1);
    expect(await next.getLatestVersion("a-1")).toBe(0);
    expect(await next.getEvents("a-1")).toEqual([]);
    await next.saveEvent(event(1));
    expect(await next.getEvents("a-1")).toHaveLength(1);
  });

  test("another writer's events count as expired, even if the save that wrote the first floor failed", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const options = { streamRetention: 1_000, ackTimeoutMs: 300 };
    const store = await server.open(client, options, connection);
    const raw = new RawStream(await server.connect(client), store.streamName);
    const foreign = { id: "f", ...event(1), timestamp: "2026-01-01T00:00:00Z" };
    await raw.publish(eventSubject(store.streamName, "a-1"), JSON.stringify(foreign));
    expect(await store.getLatestVersion("a-1")).toBe(1);
    connection.outgoing = (subject) => (subject.startsWith(`${store.streamName}.events.`) ? "lose" : "pass");
    await expect(store.saveEvent(event(2))).rejects.toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN" });
    await expired(raw, 0);
    expect(await store.getLatestVersion("a-1")).toBeGreaterThanOrEqual(1);
    await expect(store.getEvents("a-1")).rejects.toMatchObject({ code: "AETHER_HISTORY_TRUNCATED" });
  });

  test.each(["", "{", "[]", "null", '{"floor":"16"}', '{"floor":-1}'])(
    "an unreadable floor of an actor with events is replaced: %j",
    async (record) => {
      const connection = await server.connect(client);
      const store = await server.open(client, { streamRetention: 60_000 }, connection);
      await store.saveEvent(event(1));
      const raw = new RawStream(connection, floorStream(store.streamName));
      await raw.publish(floorSubject(store.streamName, "a-1"), record);
      const fresh = await server.open(client, { streamName: store.streamName, streamRetention: 60_000 }, connection);
      await fresh.saveEvent(event(2));
      expect(await fresh.getLatestVersion("a-1")).toBe(2);
      const floors = await raw.messages(floorSubject(store.streamName, "a-1"));
      expect(floors.map(({ data }) => JSON.parse(data) as object)).toMatchObject([{ floor: 16 }]);
    },
  );

  test("a save that is aborted while its floor is raised has an unknown outcome: it is still sent", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { streamRetention: 60_000 }, connection);
    const abort = new AbortController();
    connection.outgoing = (subject) => {
      if (subject.startsWith(floorStream(store.streamName))) abort.abort(new Error("enough"));
      return "pass";
    };
    const save = store.saveEvent(event(1), { signal: abort.signal });
    await expect(save).rejects.toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN", cause: new Error("enough") });
    await store.close();
    const again = await server.open(client, { streamName: store.streamName, streamRetention: 60_000 });
    expect(await again.getEvents("a-1")).toHaveLength(1);
  });

  test("the floor costs one small write for each doubling of the version", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { streamRetention: 60_000 }, connection);
    const before = connection.sent.length;
    for (const version of range(1, 100)) await store.saveEvent(event(version));
    const sent = connection.sent.slice(before).filter((subject) => subject.startsWith(floorStream(store.streamName)));
    expect(sent).toHaveLength(4); // at versions 1, 17, 35 and 71
  });

  test("writers in several processes raise the floor together, and a stale floor does not stop them", async () => {
    const stores = await Promise.all([1, 2].map(() => server.connect(client)));
    const first = await server.open(client, { streamRetention: 60_000 }, stores[0]);
    const second = await server.open(client, { streamName: first.streamName, streamRetention: 60_000 }, stores[1]);
    for (const version of range(1, 120)) await (version % 3 === 0 ? first : second).saveEvent(event(version));
    expect((await first.getEvents("a-1")).map(({ version }) => version)).toEqual(range(1, 120));
  });
});
