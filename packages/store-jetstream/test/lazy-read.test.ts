import type { NewEvent, ReadOptions } from "@aether/core";
import { describe, expect, test } from "vitest";
import type { JetStreamEventStore } from "../src/index.ts";
import { eventSubject } from "../src/subjects.ts";
import { clients } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const decoder = new TextDecoder();
const event = (version: number): NewEvent => ({ actorId: "a-1", version, eventType: "Tested", data: { n: version } });
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);
/** The versions of 300 small commits and a large one. */
const alternating = (after: number): number[][] => [
  ...range(after + 1, after + 300).map((version) => [version]),
  range(after + 301, after + 1_300),
];
const read = async (store: JetStreamEventStore, options: ReadOptions): Promise<readonly number[]> => {
  const versions: number[] = [];
  for await (const { version } of store.readEvents("a-1", options)) versions.push(version);
  return versions;
};

describe.each(clients)("lazy reads through $client", (client) => {
  test("a backward read is the reverse of a forward read, over windows, commits and gaps of all sizes", async () => {
    const store = await server.open(client);
    const dense = range(1, 2_600);
    for (let index = 0; index < dense.length; index += 130)
      await store.saveEvents(dense.slice(index, index + 130).map(event));
    const sparse = [2_601, 2_700, 9_000, 1_000_000, 2 ** 40, 2 ** 52, Number.MAX_SAFE_INTEGER];
    for (const version of sparse) await store.saveEvent(event(version));
    const all = [...dense, ...sparse];
    expect(await read(store, {})).toEqual(all);
    expect(await read(store, { direction: "backward" })).toEqual([...all].reverse());
    expect(await read(store, { direction: "backward", limit: 3 })).toEqual(all.slice(-3).reverse());
    expect(await read(store, { direction: "backward", toVersion: 2_000, fromVersion: 1_990 })).toEqual(
      range(1_990, 2_000).reverse(),
    );
    expect(await read(store, { direction: "backward", toVersion: 2 ** 41, limit: 2 })).toEqual([2 ** 40, 1_000_000]);
    expect(await read(store, { fromVersion: 2_599, limit: 4 })).toEqual([2_599, 2_600, 2_601, 2_700]);
  });

  test.each([
    ["1 event", range(1, 3_000).map((version) => [version])],
    ["1 event, with a gap of 1,000 versions", range(0, 999).map((index) => [1 + index * 1_000])],
    ["100 events", range(0, 99).map((index) => range(index * 100 + 1, (index + 1) * 100))],
    ["2,000 events", range(0, 9).map((index) => range(index * 2_000 + 1, (index + 1) * 2_000))],
    ["1 and of 1,000 events", range(0, 5).flatMap((index) => alternating(index * 1_300))],
  ])(
    "over commits of %s, a backward read receives at most three times as much as a forward read",
    async (_, commits) => {
      const connection = new LossyConnection(await server.connect(client));
      const store = await server.open(client, { ackTimeoutMs: 10_000 }, connection);
      const raw = new RawStream(connection, store.streamName);
      // Another actor's messages are in between.
      let sequence = 0;
      const stored: Promise<unknown>[] = [];
      for (const [index, versions] of commits.entries()) {
        const payload = versions.map((version) => ({
          ...event(version),
          id: `e${version}`,
          timestamp: "2026-01-01T00:00:00Z",
        }));
        const headers = {
          "Nats-Expected-Last-Subject-Sequence": String(sequence),
          "Aether-Versions": `${versions[0]}-${versions.at(-1)}/${versions.length}`,
        };
        stored.push(raw.publish(eventSubject(store.streamName, "a-1"), JSON.stringify(payload), headers));
        sequence = 1 + index + Math.floor(index / 3);
        if (index % 3 === 2) stored.push(raw.publish(eventSubject(store.streamName, "b-1"), "{}"));
      }
      await Promise.all(stored);
      let messages = 0;
      let bytes = 0;
      connection.incoming = ({ data }) => {
        messages++;
        bytes += data.length;
        return "pass";
      };
      const measured = async (options: ReadOptions) => {
        messages = 0;
        bytes = 0;
        return { versions: await read(store, options), messages, bytes };
      };
      const forward = await measured({});
      const backward = await measured({ direction: "backward" });
      expect(forward.versions).toEqual(commits.flat());
      expect(backward.versions).toEqual(commits.flat().reverse());
      expect(backward.messages).toBeLessThanOrEqual(3 * forward.messages);
      expect(backward.bytes).toBeLessThanOrEqual(3 * forward.bytes);
    },
  );

  test("a limited read requests only the events that it needs", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    for (const version of range(1, 60)) await store.saveEvent(event(version));
    await store.getEvents("a-1", 60); // finds out whether the server supports direct gets
    let delivered = 0;
    connection.incoming = (message) => {
      if (message.data.length > 0 && JSON.parse(decoder.decode(message.data)).actorId === "a-1") delivered++;
      return "pass";
    };
    expect(await read(store, { limit: 5 })).toEqual([1, 2, 3, 4, 5]);
    expect(delivered).toBe(5);
    await store.saveEvent(event(1_000)); // Now the actor seems to have too many events for a direct get.
    expect(await read(store, { limit: 7 })).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(delivered).toBe(12);
  });

  test("a reader continues where it was after the server has removed its consumer", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    const raw = new RawStream(connection, store.streamName);
    const count = 2_300;
    await Promise.all(range(1, count).map((version) => store.saveEvents([event(version * 2 - 1), event(version * 2)])));
    for (let version = count * 2 + 1; version <= count * 2 + 1_500; version++) await store.saveEvent(event(version));
    const versions: number[] = [];
    for await (const { version } of store.readEvents("a-1")) {
      versions.push(version);
      if (version % 1_000 !== 0) continue;
      const { consumers } = await raw.api<{ consumers: readonly string[] }>("CONSUMER.NAMES.{stream}");
      for (const consumer of consumers) await raw.api(`CONSUMER.DELETE.{stream}.${consumer}`);
    }
    expect(versions).toEqual(range(1, count * 2 + 1_500));
  });

  test("leaving the loop leaves no consumer on the server", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    await store.saveEvents(range(1, 20).map(event));
    for await (const _ of store.readEvents("a-1")) break;
    const raw = new RawStream(connection, store.streamName);
    const consumers = async (): Promise<number> => (await raw.api<{ total: number }>("CONSUMER.NAMES.{stream}")).total;
    await expect.poll(consumers, { timeout: 5_000 }).toBe(0);
  });

  test("closing the store does not wait for a paused reader; the reader ends when it continues", async () => {
    const store = await server.open(client, { ackTimeoutMs: 60_000 });
    for (const version of range(1, 1_100)) await store.saveEvent(event(version));
    const reader = store.readEvents("a-1")[Symbol.asyncIterator]();
    await reader.next();
    await store.close();
    const rest = async (): Promise<void> => {
      while (!(await reader.next()).done);
    };
    await expect(rest()).rejects.toMatchObject({ code: "AETHER_STORE_CLOSED" });
  });
});
