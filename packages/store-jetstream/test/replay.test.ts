import type { NewEvent } from "@aether/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { clients } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
const event = (version: number, data: object = {}): NewEvent => ({
  actorId: "a-1",
  version,
  eventType: "Tested",
  data,
});
const foreign = (version: number): string =>
  JSON.stringify({ ...event(version), id: `f${version}`, timestamp: "2026-01-01T00:00:00Z", extra: { kept: true } });
const versionsOf = (events: readonly { readonly version: number }[]): readonly number[] =>
  events.map(({ version }) => version);
const range = (first: number, last: number): readonly number[] =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);

describe.each(clients)("replay through $client", (client) => {
  test("more events than one pull requests are all returned in order, from any version", async () => {
    const store = await server.open(client);
    await store.saveEvents(range(1, 300).map((version) => event(version)));
    await Promise.all(range(301, 500).map((version) => store.saveEvent(event(version))));
    const count = 3_200;
    for (let version = 501; version <= count; version++) {
      if (version % 3 === 0) void store.saveEvent({ ...event(1), actorId: `b-${version}` });
      await store.saveEvent(event(version));
    }
    expect(versionsOf(await store.getEvents("a-1"))).toEqual(range(1, count));
    const fresh = await server.open(client, { streamName: store.streamName });
    for (const from of [2, 150, 300, 301, 499, 500, 501, 777, 1_500, 3_199, count]) {
      expect(versionsOf(await fresh.getEvents("a-1", from))).toEqual(range(from, count));
    }
    expect(await fresh.getEvents("a-1", count + 1)).toEqual([]);
  });

  test("a monitor that subscribes to every request does not delay reads", async () => {
    const monitor = await server.connect(client);
    monitor.subscribe(">", { callback: () => {} });
    await monitor.flush();
    const store = await server.open(client);
    await store.saveEvents(range(1, 20).map((version) => event(version)));
    await Promise.all(range(21, 1_500).map((version) => store.saveEvent(event(version))));
    const started = performance.now();
    for (let round = 0; round < 20; round++) expect(versionsOf(await store.getEvents("a-1"))).toEqual(range(1, 1_500));
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  test("an actor with unusual gaps is read completely, from any version", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 200 }),
        fc.array(fc.nat(), { minLength: 3, maxLength: 3 }),
        async (steps, picks) => {
          const store = await server.open(client, {}, await sharedConnection(client));
          let version = 0;
          const versions = steps.map((step) => (version += step % 7 === 0 ? step : 1 + (step % 3)));
          await Promise.all(versions.map((each) => store.saveEvent(event(each))));
          const fresh = await server.open(client, { streamName: store.streamName }, await sharedConnection(client));
          for (const pick of picks) {
            const from = 1 + (pick % (version + 2));
            expect(versionsOf(await fresh.getEvents("a-1", from))).toEqual(versions.filter((each) => each >= from));
          }
        },
      ),
      { numRuns: 12 },
    );
  });

  test("a read after the latest known version fetches no events", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, {}, connection);
    await store.saveEvents(range(1, 50).map((version) => event(version)));
    let delivered = 0;
    connection.incoming = (message) => {
      if (message.reply?.startsWith("$JS.ACK.") === true) delivered++;
      return "pass";
    };
    await store.saveEvent(event(51));
    expect(await store.getEvents("a-1", 52)).toEqual([]);
    expect(delivered).toBe(0);
  });

  test("large events arrive in several pulls, and none is missing", async () => {
    const store = await server.open(client);
    const text = "x".repeat(700_000);
    for (const version of range(1, 14)) await store.saveEvent(event(version, { text }));
    const events = await store.getEvents("a-1");
    expect(versionsOf(events)).toEqual(range(1, 14));
    for (const each of events) expect((each.data as { text: string }).text).toHaveLength(text.length);
  });

  test("events of another program are read, cause conflicts, and keep their unknown fields", async () => {
    const connection = await server.connect(client);
    const store = await server.open(client, {}, connection);
    const raw = new RawStream(connection, store.streamName);
    const subject = `${store.streamName}.events.6.a.a-1`;
    await raw.publish(subject, foreign(1));
    await raw.publish(subject, foreign(2));
    expect(await store.getLatestVersion("a-1")).toBe(2);
    expect(await store.getEvents("a-1")).toMatchObject([{ version: 1, extra: { kept: true } }, { version: 2 }]);
    await expect(store.saveEvent(event(2))).rejects.toMatchObject({ currentVersion: 2 });
    await store.saveEvent(event(3));
    expect(versionsOf(await store.getEvents("a-1"))).toEqual([1, 2, 3]);
  });

  const hostile: readonly (readonly [string, string | Uint8Array])[] = [
    ["truncated JSON", '{"id":"e1"'],
    ["an empty payload", ""],
    ["invalid UTF-8", new Uint8Array([0xff, 0xfe])],
    ["another actor's event", JSON.stringify({ ...JSON.parse(foreign(9)), actorId: "b" })],
    ["a lower version", foreign(1)],
    ["deep nesting", "[".repeat(500_000)],
  ];
  test.each(hostile)(
    "%s in the middle and at the end is skipped and reported, and does not block the actor",
    async (_name, payload) => {
      const connection = await server.connect(client);
      const store = await server.open(client, {}, connection);
      const raw = new RawStream(connection, store.streamName);
      const subject = `${store.streamName}.events.6.a.a-1`;
      await store.saveEvents([event(1), event(2)]);
      await raw.publish(subject, payload);
      expect(await store.getLatestVersion("a-1")).toBe(2);
      await store.saveEvent(event(3));
      await raw.publish(subject, payload);
      const cold = await server.open(client, { streamName: store.streamName }, connection);
      await expect(cold.saveEvent(event(3))).rejects.toMatchObject({ currentVersion: 3, sameEvent: false });
      await cold.saveEvent(event(4));
      expect(versionsOf(await cold.getEvents("a-1"))).toEqual([1, 2, 3, 4]);
      const { events, errors } = await cold.getEventsWithErrors("a-1");
      expect(versionsOf(events)).toEqual([1, 2, 3, 4]);
      const bytes = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
      expect(errors.map(({ raw: found }) => found.length)).toEqual([bytes.length, bytes.length]);
      expect(errors[0]?.position !== undefined && errors[0].position < (errors[1]?.position ?? "")).toBe(true);
    },
  );

  test("a lost delivery is detected and fetched again, without a gap or a duplicate", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 3_000 }, connection);
    await Promise.all(range(1, 200).map((version) => store.saveEvent(event(version))));
    for (const version of range(201, 240)) await store.saveEvent(event(version));
    let deliveries = 0;
    connection.incoming = (message) =>
      message.reply?.startsWith("$JS.ACK.") === true && [5, 30].includes(++deliveries) ? "lose" : "pass";
    expect(versionsOf(await store.getEvents("a-1"))).toEqual(range(1, 240));
    expect(deliveries).toBeGreaterThan(30);
  });

  test("reads leave no consumers on the server, even if they were aborted", async () => {
    const connection = await server.connect(client);
    const lossy = new LossyConnection(connection);
    const store = await server.open(client, {}, lossy);
    await store.saveEvents(range(1, 220).map((version) => event(version))); // too many to be read without a consumer
    await store.getEvents("a-1");
    const reason = new Error("enough");
    const abort = new AbortController();
    lossy.incoming = (message) => {
      if (message.reply?.startsWith("$JS.ACK.") !== true) return "pass";
      abort.abort(reason);
      return "lose";
    };
    await expect(store.getEvents("a-1", 0, { signal: abort.signal })).rejects.toBe(reason);
    lossy.incoming = () => "pass";
    for (let times = 0; times < 50; times++) {
      const early = new AbortController();
      lossy.outgoing = (subject) => {
        if (subject.includes(".CONSUMER.CREATE.")) setImmediate(() => early.abort(reason)); // before the answer
        return "pass";
      };
      await store.getEvents("a-1", 0, { signal: early.signal }).catch(() => {});
    }
    const raw = new RawStream(connection, store.streamName);
    const consumers = async (): Promise<number> =>
      (await raw.api<{ state: { consumer_count: number } }>("STREAM.INFO.{stream}")).state.consumer_count;
    await expect.poll(consumers, { timeout: 5_000 }).toBe(0); // long before the server removes inactive consumers
  });

  test("a read rejects if the server stops answering, and the error names the operation", async () => {
    const connection = new LossyConnection(await server.connect(client));
    const store = await server.open(client, { ackTimeoutMs: 150 }, connection);
    await store.saveEvent(event(1));
    connection.incoming = () => "lose";
    const unavailable = { code: "AETHER_STORE_UNAVAILABLE" };
    await expect(store.getEvents("a-1")).rejects.toMatchObject({ ...unavailable, operation: "read events" });
    await expect(store.getLatestVersion("a-1")).rejects.toMatchObject(unavailable);
  });
});

const connections = new Map<string, Awaited<ReturnType<typeof server.connect>>>();
/** One connection for all runs of a property. */
async function sharedConnection(client: (typeof clients)[number]): ReturnType<typeof server.connect> {
  const known = connections.get(client.client);
  if (known !== undefined && !known.isClosed()) return known;
  const connection = await server.connect(client);
  connections.set(client.client, connection);
  return connection;
}
