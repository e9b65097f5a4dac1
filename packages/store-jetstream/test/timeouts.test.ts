import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { JetStreamEventStore } from "../src/index.ts";
import { clients, type TestConnection } from "./support/clients.ts";

const ACK_TIMEOUT_MS = 2_000;
/** The limit is the same for calls that need several requests. The rest allows for late timers on a busy machine. */
const LIMIT_MS = ACK_TIMEOUT_MS * 1.1;
/** Number of queued saves of one actor. Each save waits for the previous one. */
const QUEUED = 5;

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
}, 300_000);
afterAll(() => server.stop());

const event = (actorId: string, version: number) => ({ actorId, eventType: "Counted", version, data: {} });

/** Calls of every kind, on actors that the store knows and does not know. */
const calls: Readonly<Record<string, (store: JetStreamEventStore) => Promise<unknown>>> = {
  "getEvents from the beginning": (store) => store.getEvents("a"),
  "getEvents from a version": (store) => store.getEvents("a", 3),
  "getEvents of no actor": (store) => store.getEvents("none"),
  readEvents: async (store) => {
    for await (const _ of store.readEvents("a")) break;
  },
  "readEvents backward": async (store) => {
    for await (const _ of store.readEvents("a", { direction: "backward" })) break;
  },
  getLatestVersion: (store) => store.getLatestVersion("a"),
  "getLatestVersion of no actor": (store) => store.getLatestVersion("none"),
  load: (store) => store.load("a"),
  "load of no actor": (store) => store.load("none"),
  getLatestSnapshot: (store) => store.getLatestSnapshot("a"),
  "saveSnapshot of the latest version": (store) => store.saveSnapshot({ actorId: "a", version: 20, state: {} }),
  "saveSnapshot of an earlier version": (store) => store.saveSnapshot({ actorId: "b", version: 3, state: {} }),
  "saveEvent of a new actor": (store) => store.saveEvent(event(crypto.randomUUID(), 1)),
  "saveEvent of an unknown actor": (store) => store.saveEvent(event(crypto.randomUUID(), 5)),
  "saveEvent of a known actor": (store) => store.saveEvent(event("known", 21)),
  "saveEvent of a taken version": (store) => store.saveEvent(event("a", 2)),
};

/** Saves events of one actor, without waiting in between. */
function queuedSaves(store: JetStreamEventStore): readonly Promise<unknown>[] {
  return Array.from({ length: QUEUED }, (_, index) => store.saveEvent(event("queued", 21 + index)));
}

describe.each(
  clients.flatMap((client) => [
    { ...client, streamRetention: "forever" as const, kept: "forever" },
    { ...client, streamRetention: 3_600_000, kept: "for an hour" },
  ]),
)("a paused server, through $client, with events kept $kept", ({ connect, streamRetention }) => {
  const connections: TestConnection[] = [];

  async function open(): Promise<JetStreamEventStore> {
    const connection = await connect({ servers: server.url });
    connections.push(connection);
    const store = await JetStreamEventStore.open(connection, {
      streamName: `patience-${crypto.randomUUID()}`,
      streamRetention,
      ackTimeoutMs: ACK_TIMEOUT_MS,
    });
    for (const actorId of ["a", "b", "known", "queued"]) {
      for (let version = 1; version <= 20; version++) await store.saveEvent(event(actorId, version));
    }
    await store.saveSnapshot({ actorId: "a", version: 10, state: {} });
    return store;
  }

  afterEach(async () => {
    server.resume();
    for (const connection of connections.splice(0)) await connection.close();
  });

  test("ends every call within ackTimeoutMs and 10 %", async () => {
    const store = await open();
    await server.suspend();
    const began = performance.now();
    const settled = async (call: Promise<unknown>): Promise<unknown> => {
      const outcome = await call.then(
        () => "succeeded",
        (error: { readonly code?: unknown }) => error.code,
      );
      const elapsedMs = performance.now() - began;
      return { outcome, isInTime: elapsedMs >= ACK_TIMEOUT_MS * 0.95 && elapsedMs <= LIMIT_MS, elapsedMs };
    };
    const kinds = Object.entries(calls).map(async ([name, call]) => [name, await settled(call(store))] as const);
    const queued = queuedSaves(store).map(
      async (save, index) => [`queued save ${index}`, await settled(save)] as const,
    );
    const results = await Promise.all([...kinds, ...queued]);
    const failed = { outcome: expect.stringMatching(/^AETHER_(STORE_UNAVAILABLE|OUTCOME_UNKNOWN)$/), isInTime: true };
    expect(Object.fromEntries(results)).toMatchObject(Object.fromEntries(results.map(([name]) => [name, failed])));
  });

  test("that continues in time lets every call succeed", async () => {
    const store = await open();
    await server.suspend();
    const outcomes = Object.entries(calls).map(async ([name, call]) => {
      return [name, await call(store).then(() => "ok", String)] as const;
    });
    const queued = queuedSaves(store).map(async (save, index) => [
      `queued ${index}`,
      await save.then(() => "ok", String),
    ]);
    setTimeout(() => server.resume(), ACK_TIMEOUT_MS * 0.7);
    const results = Object.fromEntries(await Promise.all([...outcomes, ...queued]));
    expect(results).toMatchObject(
      Object.fromEntries(
        Object.keys(results).map((name) => [name, name.includes("taken") ? expect.stringContaining("Conflict") : "ok"]),
      ),
    );
  });
});
