import { findNatsServer, type NatsCluster, startNatsCluster } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { JetStreamEventStore } from "../../src/index.ts";
import { clients, type TestConnection } from "../support/clients.ts";
import { event, Follower, readAll } from "../support/feed.ts";
import { newStreamName } from "../support/open-stores.ts";
import { RawStream } from "../support/raw-stream.ts";

/** Older servers do not guard replicated streams, so the store rejects them. */
const isGuarded = (await findNatsServer()).version.localeCompare("2.9.21", "en", { numeric: true }) >= 0;

test.runIf(!isGuarded)("replicated streams need nats-server 2.9.21", () => expect(isGuarded).toBe(false));

describe.runIf(isGuarded).each(clients)("the feed of a replicated stream, through $client", ({ connect }) => {
  let cluster: NatsCluster;
  const opened: TestConnection[] = [];

  beforeAll(async () => {
    cluster = await startNatsCluster();
  }, 300_000);
  afterEach(async () => {
    for (const { proxy } of cluster.links) proxy.pass();
    await Promise.all(opened.splice(0).map((connection) => connection.close()));
  });
  afterAll(() => cluster.stop());

  test("has each acknowledged event once, in order, through changes of the leader and lost servers", async () => {
    const open = async (): Promise<TestConnection> => {
      const connection = await connect({ servers: cluster.urls as unknown as string });
      opened.push(connection);
      return connection;
    };
    const options = { streamName: newStreamName(), streamRetention: "forever", replicaCount: 3 } as const;
    const patient = { ...options, ackTimeoutMs: 30_000 };
    const store = await JetStreamEventStore.open(await open(), patient);
    const reader = await JetStreamEventStore.open(await open(), patient);
    const raw = new RawStream(await open(), store.streamName);
    const followers = [undefined, 3, 9].map((partition) => new Follower(reader, { partition }));
    const acknowledged = new Map<string, string>();
    let running = true;
    const write = async (actorId: string): Promise<void> => {
      for (let version = 1; running; version++) {
        const { position } = await store.saveEvent(event(actorId, version));
        acknowledged.set(`${actorId}@${version}`, position);
      }
    };
    const writers = Array.from({ length: 16 }, (_, index) => write(`actor-${index}`));
    const more = async (): Promise<void> => {
      const goal = acknowledged.size + 200;
      await vi.waitUntil(() => acknowledged.size >= goal, { timeout: 40_000, interval: 5 });
    };
    await more();
    const leader = async (): Promise<string> =>
      (await raw.api<{ cluster: { leader?: string } }>("STREAM.INFO.{stream}")).cluster.leader ?? "";
    for (const fault of ["step down", "kill", "step down"]) {
      const name = await leader();
      if (fault === "kill") {
        await cluster.server(name).server.kill();
        await more();
        await cluster.server(name).server.restart();
      } else await raw.api("STREAM.LEADER.STEPDOWN.{stream}");
      await more();
    }
    running = false;
    await Promise.all(writers);
    const last = (await store.getLatestPosition()) ?? "";
    const all = await readAll(store);
    expect(all.last?.position).toBe(last);
    expect(
      new Map(all.events.map(({ event: { actorId, version }, position }) => [`${actorId}@${version}`, position])),
    ).toEqual(acknowledged);
    for (const [index, partition] of [undefined, 3, 9].entries()) {
      const follower = followers[index] as Follower;
      await follower.until(({ pages }) => (pages.at(-1)?.position ?? "") >= last);
      await follower.stop();
      expect(follower.names).toEqual((await readAll(reader, { partition })).names);
    }
  }, 120_000);
});
