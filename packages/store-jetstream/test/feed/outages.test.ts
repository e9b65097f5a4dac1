import { type NatsServer, startNatsServer, startTcpProxy } from "@aether/nats-testing";
import { partitionOf } from "@aether/store-kit";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { JetStreamEventStore } from "../../src/index.ts";
import { clients, type TestConnection } from "../support/clients.ts";
import { event, Follower, nameOf, readAll } from "../support/feed.ts";
import { LossyConnection } from "../support/lossy-connection.ts";
import { RawStream } from "../support/raw-stream.ts";

let server: NatsServer;
const opened: TestConnection[] = [];
beforeEach(async () => {
  server = await startNatsServer();
}, 300_000);
afterEach(async () => {
  await Promise.all(opened.splice(0).map((connection) => connection.close()));
  await server.stop();
});

describe.each(clients)("followers, through $client", ({ connect }) => {
  const open = async (): Promise<TestConnection> => {
    const connection = await connect({ servers: server.url });
    opened.push(connection);
    return connection;
  };

  test("survive a server that is killed under load: each acknowledged event once, in order", async () => {
    const options = { streamName: "es", streamRetention: "forever", ackTimeoutMs: 20_000 } as const;
    const store = await JetStreamEventStore.open(await open(), options);
    const reader = await JetStreamEventStore.open(await open(), options);
    const followers = [
      new Follower(reader),
      new Follower(reader, { partition: 3 }),
      new Follower(reader, { partition: 9 }),
    ];
    const acknowledged = new Map<string, string>();
    let running = true;
    const write = async (actorId: string): Promise<void> => {
      for (let version = 1; running; version++) {
        const { position } = await store.saveEvent(event(actorId, version));
        acknowledged.set(`${actorId}@${version}`, position);
      }
    };
    const writers = Array.from({ length: 16 }, (_, index) => write(`actor-${index}`));
    for (let kills = 0; kills < 3; kills++) {
      const goal = acknowledged.size + 300;
      await vi.waitUntil(() => acknowledged.size >= goal, { timeout: 20_000, interval: 5 });
      await server.kill();
      await server.restart();
    }
    running = false;
    await Promise.all(writers);
    const last = await store.getLatestPosition();
    const all = (await readAll(store)).events;
    for (const { event: stored, position } of all) {
      expect(acknowledged.get(`${stored.actorId}@${stored.version}`)).toBe(position);
    }
    expect(all).toHaveLength(acknowledged.size);
    for (const follower of followers) {
      await follower.until(({ pages }) => (pages.at(-1)?.position ?? "") >= (last ?? ""));
      await follower.stop();
    }
    const [whole, third, ninth] = followers.map(({ events }) => events.map(nameOf));
    expect(whole).toEqual(all.map(nameOf));
    const partition3 = (await readAll(store, { partition: 3 })).names;
    const partition9 = (await readAll(store, { partition: 9 })).names;
    expect(third).toEqual(partition3);
    expect(ninth).toEqual(partition9);
  }, 60_000);

  test("continue if the server forgets the consumer, or messages get lost on the way", async () => {
    const connection = new LossyConnection(await open());
    const store = await JetStreamEventStore.open(connection, { streamName: "es", streamRetention: "forever" });
    const follower = new Follower(store);
    await store.saveEvent(event("a", 1));
    await follower.received(1);
    const raw = new RawStream(connection, "es");
    const { consumers } = await raw.api<{ consumers: readonly string[] }>("CONSUMER.NAMES.{stream}");
    await raw.api(`CONSUMER.DELETE.{stream}.${consumers[0]}`);
    await store.saveEvent(event("a", 2));
    await follower.received(2);
    let losses = 0;
    connection.incoming = ({ subject }) => (subject.startsWith("es.events.") && losses++ === 0 ? "lose" : "pass");
    await store.saveEvent(event("a", 3));
    await store.saveEvent(event("a", 4));
    await follower.received(4);
    await follower.until(({ pages }) => pages.at(-1)?.isCaughtUp === true);
    await follower.stop();
    expect(losses).toBeGreaterThan(1);
    expect(losses).toBeLessThanOrEqual(4); // At most two messages are delivered again.
    expect(follower.pages.flatMap(({ errors }) => errors)).toEqual([]);
    expect(follower.names).toEqual(["a@1", "a@2", "a@3", "a@4"]);
  });

  test("wait for a lost connection even if other calls are rejected meanwhile", async () => {
    await using proxy = await startTcpProxy(() => server.port);
    const connection = await connect({ servers: proxy.url });
    opened.push(connection);
    const options = { streamName: "es", streamRetention: "forever" } as const;
    const writer = await JetStreamEventStore.open(await open(), options);
    await writer.saveEvent(event("a", 1));
    const store = await JetStreamEventStore.open(connection, { ...options, whileDisconnected: "reject" });
    const followers = [new Follower(store), new Follower(store, { partition: partitionOf("a") })];
    let running = true;
    const writing = Promise.all(
      ["a", "b"].map(async (actorId) => {
        for (let version = actorId === "a" ? 2 : 1; running; version++) await writer.saveEvent(event(actorId, version));
      }),
    );
    const [whole, part] = followers as [Follower, Follower];
    for (let cuts = 0; cuts < 4; cuts++) {
      const [all, own] = [whole.events.length, part.events.length];
      await Promise.all([whole.received(all + 100), part.received(own + 50)]);
      const reading = readAll(store);
      proxy.refuse();
      await expect(reading).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
      await expect(readAll(store)).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
      proxy.pass();
    }
    running = false;
    await writing;
    const last = (await writer.getLatestPosition()) ?? "";
    for (const follower of followers) {
      await follower.until(({ pages }) => (pages.at(-1)?.position ?? "") >= last);
      await follower.stop();
    }
    expect(whole.names).toEqual((await readAll(writer)).names);
    expect(part.names).toEqual((await readAll(writer, { partition: partitionOf("a") })).names);
  }, 60_000);

  test("continue after the server was paused or the connection stalled for longer than ackTimeoutMs", async () => {
    await using proxy = await startTcpProxy(() => server.port);
    const connection = await connect({ servers: proxy.url });
    opened.push(connection);
    const options = { streamName: "es", streamRetention: "forever" } as const;
    const writer = await JetStreamEventStore.open(await open(), options);
    const lossy = new LossyConnection(connection);
    const store = await JetStreamEventStore.open(lossy, { ...options, ackTimeoutMs: 300 });
    const checks = (): number => lossy.sent.filter((subject) => subject.includes("STREAM.INFO")).length;
    const followers = [new Follower(store), new Follower(store, { partition: partitionOf("a") })];
    const [whole, part] = followers as [Follower, Follower];
    let version = 0;
    const saveMore = async (): Promise<void> => {
      for (let count = 0; count < 20; count++) {
        await writer.saveEvent(event("a", ++version));
        await writer.saveEvent(event("b", version));
      }
    };
    await saveMore();
    await part.received(version);
    for (const [stop, resume] of [
      [() => server.suspend(), () => server.resume()],
      [() => proxy.stall(), () => proxy.pass()],
    ] as const) {
      await stop();
      const saving = saveMore();
      const before = checks();
      // The reads try to replace their consumers, in vain.
      await vi.waitUntil(() => checks() >= before + 8, { timeout: 20_000 });
      resume();
      await saving;
      await Promise.all([whole.received(2 * version), part.received(version)]);
    }
    for (const follower of followers) await follower.stop();
    expect(whole.names).toEqual((await readAll(writer)).names);
    expect(part.names).toEqual((await readAll(writer, { partition: partitionOf("a") })).names);
  }, 60_000);

  test("without follow, a read of a server that is gone rejects in time", async () => {
    const store = await JetStreamEventStore.open(await open(), { streamName: "es", ackTimeoutMs: 600 });
    await store.saveEvent(event("a", 1));
    await server.kill();
    const started = performance.now();
    await expect(readAll(store)).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    expect(performance.now() - started).toBeLessThan(2_000);
    await server.restart();
  });
});
