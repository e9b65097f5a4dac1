import type { NewEvent } from "@aether/core";
import { pause } from "@aether/nats";
import { describe, expect, test } from "vitest";
import { snapshotStream, snapshotSubject } from "../src/subjects.ts";
import { clients } from "./support/clients.ts";
import { textOf600MB } from "./support/long-json.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const event = (version: number): NewEvent => ({ actorId: "a-1", version, eventType: "Tested", data: { n: version } });
const range = (first: number, last: number): readonly number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
const versionsOf = (events: readonly { readonly version: number }[]): readonly number[] =>
  events.map(({ version }) => version);

describe.each(clients)("snapshots through $client", (client) => {
  test("load returns the snapshot and the events after it, even if the snapshot ends within a commit", async () => {
    const store = await server.open(client);
    for (const version of range(1, 100)) await store.saveEvent(event(version));
    await store.saveEvents(range(101, 110).map(event));
    for (const version of range(111, 150)) await store.saveEvent(event(version));
    for (const version of [1, 40, 100, 105, 110, 149, 150]) {
      await store.saveSnapshot({ actorId: "a-1", version, state: { sum: version } });
      const fresh = await server.open(client, { streamName: store.streamName });
      const { snapshot, events } = await fresh.load<{ sum: number }>("a-1");
      expect(snapshot).toMatchObject({ actorId: "a-1", version, state: { sum: version } });
      expect(versionsOf(events)).toEqual(range(version + 1, 150));
      expect(Object.isFrozen(snapshot?.state)).toBe(true);
      const latest = await fresh.getLatestSnapshot("a-1");
      expect(versionsOf(await fresh.getEvents("a-1", (latest?.version ?? 0) + 1))).toEqual(range(version + 1, 150));
    }
  });

  test("a call that begins while another creates the stream has all of its own time", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 1_000 }, connection);
    await store.saveEvent(event(1));
    const save = (): Promise<void> => store.saveSnapshot({ actorId: "a-1", version: 1, state: {} });
    connection.outgoing = (subject) => (subject.includes("~~snapshots") ? "lose" : "pass");
    const first = expect(save()).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    await pause(700);
    const second = save();
    await first;
    connection.outgoing = () => "pass";
    await second;
    expect(await store.getLatestSnapshot("a-1")).toMatchObject({ version: 1 });
  });

  test("load returns all events if there is no snapshot, and none if the actor is unknown", async () => {
    const store = await server.open(client);
    await store.saveEvents([event(1), event(2)]);
    expect(await store.load("a-1")).toMatchObject({ snapshot: undefined, events: [{ version: 1 }, { version: 2 }] });
    expect(await store.load("unknown")).toEqual({ snapshot: undefined, events: [] });
  });

  test("load needs one round trip, of two requests, if at most one commit follows the snapshot", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    await store.saveEvents(range(1, 30).map(event));
    await store.saveSnapshot({ actorId: "a-1", version: 30, state: {} });
    const sentBy = async (work: () => Promise<unknown>): Promise<number> => {
      const before = connection.sent.length;
      await work();
      return connection.sent.length - before;
    };
    expect(await sentBy(() => store.load("a-1"))).toBe(2);
    await store.saveEvents([event(31), event(32)]);
    expect(await sentBy(async () => expect(versionsOf((await store.load("a-1")).events)).toEqual([31, 32]))).toBe(2);
  });

  test("a store without snapshots has no stream for them; only the newest few of an actor are kept", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, { snapshotHistory: 2 }, connection);
    const raw = new RawStream(connection, snapshotStream(store.streamName));
    await store.saveEvents(range(1, 5).map(event));
    expect(await store.getLatestSnapshot("a-1")).toBeUndefined();
    expect(await raw.api("STREAM.INFO.{stream}")).toMatchObject({ error: { err_code: 10059 } });
    for (const version of [1, 2, 3, 4]) await store.saveSnapshot({ actorId: "a-1", version, state: { version } });
    const kept = await raw.messages(snapshotSubject(store.streamName, "a-1"));
    expect(kept.map(({ data }) => (JSON.parse(data) as { version: number }).version)).toEqual([3, 4]);
  });

  test("the newest of concurrent snapshots is kept, even from several stores", async () => {
    const store = await server.open(client);
    const other = await server.open(client, { streamName: store.streamName });
    await store.saveEvents(range(1, 20).map(event));
    const saves = range(1, 20).map((version) =>
      (version % 2 === 0 ? store : other).saveSnapshot({ actorId: "a-1", version, state: { version } }),
    );
    await Promise.all(saves);
    expect(await store.getLatestSnapshot("a-1")).toMatchObject({ version: 20 });
  });

  test("an unreadable snapshot counts as none, and a later one can follow it", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    await store.saveEvents([event(1), event(2)]);
    await store.saveSnapshot({ actorId: "a-1", version: 1, state: {} });
    const raw = new RawStream(connection, snapshotStream(store.streamName));
    await raw.publish(snapshotSubject(store.streamName, "a-1"), '{"actorId":"a-1","version":9');
    expect(await store.getLatestSnapshot("a-1")).toBeUndefined();
    expect(versionsOf((await store.load("a-1")).events)).toEqual([1, 2]);
    await store.saveSnapshot({ actorId: "a-1", version: 2, state: {} });
    expect(await store.getLatestSnapshot("a-1")).toMatchObject({ version: 2 });
  });

  test("saving the first snapshot ends within ackTimeoutMs and 10 %, however late answers come", async () => {
    const ackTimeoutMs = 2_000;
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs, cacheSize: 0 }, connection);
    await store.saveEvents([event(1), event(2)]);
    const began = performance.now();
    connection.outgoing = (subject) => {
      const isLost = performance.now() - began < ackTimeoutMs / 2 || subject.includes(snapshotStream(store.streamName));
      return isLost ? "lose" : "pass";
    };
    const save = store.saveSnapshot({ actorId: "a-1", version: 1, state: {} });
    await expect(save).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    expect(performance.now() - began).toBeLessThan(ackTimeoutMs * 1.1);
  });

  test("a state that does not fit into a message is rejected", async () => {
    const store = await server.open(client);
    await store.saveEvent(event(1));
    const large = store.saveSnapshot({ actorId: "a-1", version: 1, state: { text: "x".repeat(1_048_576) } });
    await expect(large).rejects.toMatchObject({ code: "AETHER_EVENT_TOO_LARGE" });
    const tooLong = store.saveSnapshot({ actorId: "a-1", version: 1, state: { text: textOf600MB() } });
    await expect(tooLong).rejects.toMatchObject({ code: "AETHER_EVENT_TOO_LARGE", sizeBytes: 536_870_888 });
    expect(await store.getLatestSnapshot("a-1")).toBeUndefined();
  });
});
