import type { FeedPage, Position } from "@aether/core";
import { type ClientPublishOptions, decodeText, encodeText } from "@aether/nats";
import { partitionOf } from "@aether/store-kit";
import { afterEach, describe, expect, test, vi } from "vitest";
import { clients } from "../support/clients.ts";
import { event, Follower, readAll } from "../support/feed.ts";
import { LossyConnection } from "../support/lossy-connection.ts";
import { onOneServer } from "../support/open-stores.ts";
import { RawStream } from "../support/raw-stream.ts";

const server = onOneServer();
afterEach(() => vi.restoreAllMocks());

/** Two actors of different partitions. */
const [wanted, other] = ["a", "b"] as const;
const ackTimeoutMs = 300;

/** Loses the requests of some operations, until the store has given up a few. */
function losing(connection: LossyConnection, operations: RegExp): Promise<void> {
  return new Promise((resolve) => {
    const begin = performance.now();
    connection.outgoing = (subject) => {
      if (!operations.test(subject)) return "pass";
      if (performance.now() - begin < 3 * ackTimeoutMs) return "lose";
      connection.outgoing = () => "pass";
      resolve();
      return "pass";
    };
  });
}

const consumerCreations = ({ sent }: LossyConnection): number =>
  sent.filter((subject) => subject.startsWith("$JS.API.CONSUMER.CREATE")).length;

describe.each(clients)("a follower, through $client", (client) => {
  const setup = async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs, cacheSize: 1_000 }, connection);
    const writer = await server.open(client, { streamName: store.streamName });
    await writer.saveEvent(event(wanted, 1));
    return { connection, store, writer, raw: new RawStream(connection, store.streamName) };
  };

  test.each([
    ["the leader does not answer what its last sequence is", /STREAM\.INFO/],
    ["the leader does not deliver the message of a position", /STREAM\.MSG\.GET/],
    ["the server does not answer at all", /^\$JS\.API/],
  ])("continues after %s for longer than ackTimeoutMs", async (_, operations) => {
    const { connection, store, writer } = await setup();
    const follower = new Follower(store, { partition: partitionOf(wanted) });
    await follower.received(1);
    const lost = losing(connection, operations);
    const { position } = await writer.saveEvent(event(other, 1));
    await lost;
    await follower.until(({ pages }) => pages.at(-1)?.position === position);
    await writer.saveEvent(event(wanted, 2));
    await follower.received(2);
    await follower.stop();
    expect(follower.names).toEqual(["a@1", "a@2"]);
  });

  test("that starts while the server does not answer waits for it, and a read without follow does not", async () => {
    const { connection, store } = await setup();
    connection.outgoing = (subject) => (subject.startsWith("$JS.API") ? "lose" : "pass");
    await expect(readAll(store)).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    const lost = losing(connection, /^\$JS\.API/);
    const follower = new Follower(store);
    await lost;
    await follower.received(1);
    await follower.stop();
  });

  test("that was idle for long continues after the server was not ready to create a consumer", async () => {
    const { connection, store, writer, raw } = await setup();
    const follower = new Follower(store);
    await follower.until(({ pages }) => pages.at(-1)?.isCaughtUp === true);
    const now = performance.now.bind(performance);
    vi.spyOn(performance, "now").mockImplementation(() => now() + 60_000);
    const error = { code: 503, err_code: 10008, description: "JetStream system temporarily unavailable" };
    let refusals = 0;
    connection.rewrite = (message) => {
      if (refusals === 3 || !decodeText(message.data).includes("consumer_create_response")) return message;
      refusals++;
      return Object.create(message, { data: { value: encodeText(JSON.stringify({ error })) } });
    };
    const { consumers } = await raw.api<{ consumers: readonly string[] }>("CONSUMER.NAMES.{stream}");
    await raw.api(`CONSUMER.DELETE.{stream}.${consumers[0]}`);
    await writer.saveEvent(event(wanted, 2));
    await follower.received(2);
    await follower.stop();
    expect(refusals).toBe(3);
  });

  test("that skips the last events reports their position within a second", async () => {
    const { store, writer } = await setup();
    const follower = new Follower(store, { eventTypes: ["Tested"] });
    await follower.until(({ pages }) => pages.at(-1)?.isCaughtUp === true);
    for (let version = 1; version <= 3; version++) {
      const begin = performance.now();
      const { position } = await writer.saveEvent({ ...event(other, version), eventType: "Skipped" });
      await follower.until(({ pages }) => pages.at(-1)?.position === position);
      expect(performance.now() - begin).toBeLessThan(1_000);
      await follower.until(({ pages }) => pages.at(-1)?.isCaughtUp === true);
    }
    await follower.stop();
  });

  test("drops messages that it has delivered already, if a consumer starts too early", async () => {
    const { connection, store, writer, raw } = await setup();
    const follower = new Follower(store);
    for (let version = 2; version <= 5; version++) await writer.saveEvent(event(wanted, version));
    await follower.received(5);
    // A replica that lags behind moves the start of a new consumer to its own end, on servers before 2.12.
    const publish = connection.publish.bind(connection);
    connection.publish = (subject: string, payload?: Uint8Array, options?: ClientPublishOptions) => {
      const text = decodeText(payload ?? new Uint8Array()).replace(/"opt_start_seq":\d+/, '"opt_start_seq":3');
      publish(subject, encodeText(text), options);
    };
    const { consumers } = await raw.api<{ consumers: readonly string[] }>("CONSUMER.NAMES.{stream}");
    await raw.api(`CONSUMER.DELETE.{stream}.${consumers[0]}`);
    await writer.saveEvent(event(wanted, 6));
    await follower.received(6);
    await follower.stop();
    expect(follower.names).toEqual(["a@1", "a@2", "a@3", "a@4", "a@5", "a@6"]);
    const rest = await readAll(store, { after: follower.events[3]?.position as Position });
    expect(rest.names).toEqual(["a@5", "a@6"]);
  });

  test("whose consumer fails again and again waits between the attempts", async () => {
    const { connection, store } = await setup();
    const follower = new Follower(store);
    await follower.until(({ pages }) => pages.at(-1)?.isCaughtUp === true);
    const { consumers } = await new RawStream(connection, store.streamName).api<{ consumers: readonly string[] }>(
      "CONSUMER.NAMES.{stream}",
    );
    // Each consumer is deleted before it receives its first request.
    const publish = connection.publish.bind(connection);
    const raw = new RawStream(connection, store.streamName);
    connection.publish = (subject: string, payload?: Uint8Array, options?: ClientPublishOptions) => {
      const name = /^\$JS\.API\.CONSUMER\.MSG\.NEXT\.[^.]+\.(.*)$/.exec(subject)?.[1];
      if (name !== undefined) publish(`$JS.API.CONSUMER.DELETE.${store.streamName}.${name}`);
      publish(subject, payload, options);
    };
    connection.sent.length = 0;
    await raw.api(`CONSUMER.DELETE.{stream}.${consumers[0]}`);
    const begin = performance.now();
    // Servers before 2.10 do not report that a consumer was deleted, so the reader notices it by their silence.
    await vi.waitUntil(() => consumerCreations(connection) >= 5, { timeout: 25_000 });
    expect(performance.now() - begin).toBeGreaterThan(50 + 100 + 200 + 400);
    await follower.stop();
  });

  test("whose process was busy for long keeps its consumer, and the messages that it has received", async () => {
    const { connection, store, writer } = await setup();
    await Promise.all(Array.from({ length: 3_000 }, (_, index) => writer.saveEvent(event(`c-${index}`, 1))));
    connection.sent.length = 0;
    const now = performance.now.bind(performance);
    let busyMs = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now() + busyMs);
    const pages: FeedPage[] = [];
    for await (const page of store.readFeed()) {
      pages.push(page);
      busyMs += 3_000;
    }
    expect(pages.flatMap(({ events }) => events)).toHaveLength(3_001);
    expect(consumerCreations(connection)).toBe(1);
  });
});
