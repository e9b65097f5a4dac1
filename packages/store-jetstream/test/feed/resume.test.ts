import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { partitionOf } from "@aether/store-kit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { JetStreamEventStore } from "../../src/index.ts";
import { clients, type TestConnection } from "../support/clients.ts";
import { event, Follower, readAll } from "../support/feed.ts";
import { RawStream } from "../support/raw-stream.ts";

const options = { streamName: "es", streamRetention: "forever" } as const;
const reset = { code: "AETHER_STREAM_RESET", streamName: "es" };
const truncated = { code: "AETHER_HISTORY_TRUNCATED", actorId: undefined };

let folder: string;
let server: NatsServer;
let connection: TestConnection | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aether-resume-"));
  server = await startNatsServer({ storeDir: join(folder, "store") });
}, 300_000);
afterEach(async () => {
  await connection?.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function expired(raw: RawStream, firstSequence: number): Promise<void> {
  const first = async (): Promise<number> =>
    (await raw.api<{ state: { first_seq: number } }>("STREAM.INFO.{stream}")).state.first_seq;
  await vi.waitUntil(async () => (await first()) >= firstSequence, { timeout: 15_000, interval: 50 });
}

describe.each(clients)("a position, through $client", ({ connect }) => {
  test("of another stream, or of a stream that was created again, is rejected", async () => {
    connection = await connect({ servers: server.url });
    const other = await JetStreamEventStore.open(connection, { ...options, streamName: "other" });
    const store = await JetStreamEventStore.open(connection, options);
    const foreign = (await other.saveEvent(event("a", 1))).position;
    await expect(readAll(store, { after: foreign })).rejects.toMatchObject(reset);
    const own = (await store.saveEvent(event("a", 1))).position;
    await expect(readAll(store, { after: foreign })).rejects.toMatchObject(reset);
    await store.saveEvent(event("a", 2));
    await new RawStream(connection, "es").api("STREAM.DELETE.{stream}");
    const again = await JetStreamEventStore.open(connection, options);
    await expect(readAll(again, { after: own })).rejects.toMatchObject(reset);
    await again.saveEvent(event("a", 1));
    await again.saveEvent(event("a", 2));
    await expect(readAll(again, { after: own })).rejects.toMatchObject(reset);
  });

  test("of events that a backup does not have is rejected, and a position that it has is accepted", async () => {
    connection = await connect({ servers: server.url });
    const store = await JetStreamEventStore.open(connection, options);
    const kept = (await store.saveEvent(event("a", 1))).position;
    await store.close();
    await connection.close();
    await server.stop({ keepStore: true });
    await cp(join(folder, "store"), join(folder, "backup"), { recursive: true });
    await server.restart();
    connection = await connect({ servers: server.url });
    const later = await JetStreamEventStore.open(connection, options);
    const lost = (await later.saveEvent(event("a", 2))).position;
    await later.close();
    await connection.close();
    await server.stop({ keepStore: true });
    await rm(join(folder, "store"), { recursive: true });
    await cp(join(folder, "backup"), join(folder, "store"), { recursive: true });
    await server.restart();
    connection = await connect({ servers: server.url });
    const restored = await JetStreamEventStore.open(connection, options);
    expect((await readAll(restored, { after: kept })).events).toEqual([]);
    await expect(readAll(restored, { after: lost })).rejects.toMatchObject(reset);
    await restored.saveEvent(event("b", 1));
    await expect(readAll(restored, { after: lost })).rejects.toMatchObject(reset);
    expect((await readAll(restored, { after: kept })).names).toEqual(["b@1"]);
  });

  test("before expired events is rejected, unless truncated histories are accepted", async () => {
    connection = await connect({ servers: server.url });
    const expiring = { ...options, streamRetention: 2_000 };
    const store = await JetStreamEventStore.open(connection, expiring);
    const first = (await store.saveEvent(event("a", 1))).position;
    const second = (await store.saveEvent(event("a", 2))).position;
    const raw = new RawStream(connection, "es");
    expect((await readAll(store, { after: first })).names).toEqual(["a@2"]);
    await expired(raw, 3);
    expect(await readAll(store, { after: second })).toMatchObject({ events: [], last: { position: second } });
    await expect(readAll(store, { after: first })).rejects.toMatchObject(truncated);
    await expect(readAll(store)).rejects.toMatchObject(truncated);
    const latest = await store.getLatestPosition();
    expect(latest?.slice(0, 16)).toBe(second.slice(0, 16));
    const third = (await store.saveEvent(event("b", 1))).position;
    expect((await readAll(store, { after: second })).names).toEqual(["b@1"]);
    expect((await readAll(store, { after: latest })).names).toEqual(["b@1"]);
    await expect(readAll(store, { after: first })).rejects.toMatchObject(truncated);
    const accepting = await JetStreamEventStore.open(connection, { ...expiring, truncatedHistory: "accept" });
    expect(await readAll(accepting)).toMatchObject({ names: ["b@1"], last: { position: third } });
    expect((await readAll(accepting, { after: first })).names).toEqual(["b@1"]);
  });

  test("a follower whose next events expire before it reads them rejects", async () => {
    connection = await connect({ servers: server.url });
    const store = await JetStreamEventStore.open(connection, { ...options, streamRetention: 1_500 });
    for (let version = 1; version <= 3; version++) await store.saveEvent(event("a", version));
    const iterator = store.readFeed({ follow: true })[Symbol.asyncIterator]();
    expect((await iterator.next()).value?.events).toHaveLength(3);
    const raw = new RawStream(connection, "es");
    // More than the read buffers while its caller is slow.
    const saves: Promise<unknown>[] = [];
    for (let index = 0; index < 9_000; index++) saves.push(store.saveEvent(event(`b-${index}`, 1)));
    await Promise.all(saves);
    await expired(raw, 9_003);
    const rest = (async () => {
      let count = 0;
      for (;;) {
        const step = await iterator.next();
        if (step.done === true) return count;
        count += step.value.events.length;
      }
    })();
    await expect(rest).rejects.toMatchObject(truncated);
  });

  test("a follower of one partition notices that a retention was added, and events expired unread", async () => {
    connection = await connect({ servers: server.url });
    const store = await JetStreamEventStore.open(connection, options);
    const raw = new RawStream(connection, "es");
    await store.saveEvent(event("a", 1));
    const iterator = store.readFeed({ follow: true, partition: partitionOf("a") })[Symbol.asyncIterator]();
    expect((await iterator.next()).value?.events).toHaveLength(1);
    const saves: Promise<unknown>[] = [];
    for (let index = 0, saved = 0; saved < 9_000; index++) {
      if (partitionOf(`b-${index}`) !== partitionOf("a")) continue;
      saves.push(store.saveEvent(event(`b-${index}`, 1)));
      saved++;
    }
    await Promise.all(saves);
    const { config } = await raw.api<{ config: object }>("STREAM.INFO.{stream}");
    await raw.api("STREAM.UPDATE.{stream}", { ...config, max_age: 1_000_000_000, duplicate_window: 1_000_000_000 });
    await expired(raw, 9_002);
    await raw.api("STREAM.UPDATE.{stream}", { ...config, max_age: 3_600_000_000_000 });
    const [kept] = ["c", "d"].filter((id) => partitionOf(id) !== partitionOf("a"));
    await store.saveEvent(event(kept ?? "", 1));
    const rest = (async () => {
      for (;;) if ((await iterator.next()).done === true) return;
    })();
    await expect(rest).rejects.toMatchObject(truncated);
  });

  test("a stream that is deleted and created again ends its followers", async () => {
    connection = await connect({ servers: server.url });
    const store = await JetStreamEventStore.open(connection, options);
    await store.saveEvent(event("a", 1));
    const follower = new Follower(store);
    await follower.received(1);
    await new RawStream(connection, "es").api("STREAM.DELETE.{stream}");
    const again = await JetStreamEventStore.open(connection, options);
    await again.saveEvent(event("a", 1));
    await expect(follower.done).rejects.toMatchObject(reset);
  });
});
