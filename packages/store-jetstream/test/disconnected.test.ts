import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { JetStreamEventStore, type JetStreamStoreOptions } from "../src/index.ts";
import { clients, type TestClient, type TestConnection } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";

let server: NatsServer;
const connections: TestConnection[] = [];
beforeEach(async () => {
  server = await startNatsServer();
}, 300_000);
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
  await server.stop();
});

/** Far below the default `ackTimeoutMs`, but long enough for a busy machine. */
const AT_ONCE_MS = 3_000;
const event = (version: number, actorId = "a") => ({ actorId, version, eventType: "Tested", data: {} });
const unavailable = {
  code: "AETHER_STORE_UNAVAILABLE",
  reason: expect.stringContaining("the connection to the server is lost"),
};

async function connect(client: TestClient): Promise<LossyConnection> {
  const connection = await client.connect({ servers: server.url });
  connections.push(connection);
  return new LossyConnection(connection);
}

async function open(connection: LossyConnection, options: Partial<JetStreamStoreOptions> = {}) {
  return JetStreamEventStore.open(connection, {
    streamName: "orders",
    streamRetention: "forever",
    whileDisconnected: "reject",
    ...options,
  });
}

/** Ends the server, and waits until the client has noticed. */
async function killServer(connection: LossyConnection): Promise<void> {
  await server.kill();
  await vi.waitUntil(() => connection.info === undefined, 10_000);
}

/** Restarts the server, and waits until the client has reached it. */
async function restartServer(connection: LossyConnection): Promise<void> {
  await server.restart();
  await vi.waitUntil(() => connection.info !== undefined, 10_000);
  await connection.flush();
}

async function elapsedMs(work: Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work;
  return performance.now() - began;
}

const calls: Readonly<Record<string, (store: JetStreamEventStore) => Promise<unknown>>> = {
  getEvents: (store) => store.getEvents("a"),
  "getEvents from a version": (store) => store.getEvents("a", 2),
  readEvents: (store) => store.readEvents("a")[Symbol.asyncIterator]().next(),
  getLatestVersion: (store) => store.getLatestVersion("a"),
  load: (store) => store.load("a"),
  getLatestSnapshot: (store) => store.getLatestSnapshot("a"),
  saveSnapshot: (store) => store.saveSnapshot({ actorId: "a", version: 1, state: {} }),
  saveEvent: (store) => store.saveEvent(event(2)),
  "saveEvent of a new actor": (store) => store.saveEvent(event(1, "new")),
  "saveEvent of a taken version": (store) => store.saveEvent(event(1)),
  saveEvents: (store) => store.saveEvents([event(2), event(3)]),
};

describe.each(clients)('whileDisconnected: "reject", through $client', (client) => {
  test.each([
    { kept: "forever", streamRetention: "forever" as const },
    { kept: "for an hour", streamRetention: 3_600_000 },
  ])("rejects every call at once, and works again later, with events kept $kept", async ({ streamRetention }) => {
    const connection = await connect(client);
    const store = await open(connection, { streamRetention });
    await store.saveEvent(event(1));
    await killServer(connection);
    connection.sent.length = 0;
    const settled = Promise.allSettled(Object.values(calls).map((call) => call(store)));
    expect(await elapsedMs(settled)).toBeLessThan(AT_ONCE_MS);
    const results = (await settled).map((result) => (result.status === "rejected" ? result.reason : result));
    expect(results).toMatchObject(results.map(() => unavailable));
    await expect(store.saveEvent({ ...event(2), eventType: "" })).rejects.toMatchObject({
      code: "AETHER_INVALID_EVENT",
    });
    const aborted = { signal: AbortSignal.abort(new Error("enough")) };
    await expect(store.getEvents("a", 0, aborted)).rejects.toThrow("enough");
    await restartServer(connection);
    expect(connection.sent.filter((subject) => !subject.startsWith("$JS.API.STREAM.INFO."))).toEqual([]);
    expect(await store.getLatestVersion("a")).toBe(1);
    expect(await store.getLatestVersion("new")).toBe(0);
    await store.saveEvent(event(2));
    expect(await store.getEvents("a")).toHaveLength(2);
  });

  test("rejects reads and waiting saves that began before the outage; sent saves continue", async () => {
    const connection = await connect(client);
    const store = await open(connection, { ackTimeoutMs: 20_000, maxInFlight: 1 });
    await store.saveEvents(Array.from({ length: 300 }, (_, index) => event(index + 1, "long")));
    await store.saveEvent(event(1_000, "long")); // now there seem to be too many events for a direct get
    await store.saveEvent(event(1));
    await server.suspend();
    connection.sent.length = 0;
    const sent = store.saveEvent(event(2));
    const waiting = [store.saveEvent(event(3)), store.saveEvent(event(1, "b")), store.saveEvent(event(5, "c"))];
    const reads = [store.getEvents("long"), store.getLatestVersion("d"), store.load("a"), calls.readEvents?.(store)];
    const snapshot = store.saveSnapshot({ actorId: "a", version: 1, state: {} });
    const settled = Promise.allSettled([...waiting, ...reads, snapshot]);
    await vi.waitUntil(() => connection.sent.some((subject) => subject.startsWith("$JS.API.CONSUMER.")));
    await killServer(connection);
    expect(await elapsedMs(settled)).toBeLessThan(AT_ONCE_MS);
    const results = (await settled).map((result) => (result.status === "rejected" ? result.reason : result));
    expect(results).toMatchObject(results.map(() => unavailable));
    await restartServer(connection);
    expect(await sent).toMatchObject({ version: 2 });
    expect(await store.getEvents("a")).toHaveLength(2);
    expect(await store.getEvents("b")).toEqual([]);
  });

  test("leaves the outcome of a sent save unknown if the connection is not back in time", async () => {
    const connection = await connect(client);
    const store = await open(connection, { ackTimeoutMs: 400 });
    connection.incoming = () => "lose";
    const saving = store.saveEvent(event(1));
    const unknown = expect(saving).rejects.toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN" });
    await killServer(connection);
    await unknown;
    expect(await elapsedMs(store.close())).toBeLessThan(AT_ONCE_MS);
  });

  test("open rejects at once", async () => {
    const connection = await connect(client);
    await open(connection);
    await killServer(connection);
    const opening = expect(open(connection)).rejects.toMatchObject(unavailable);
    expect(await elapsedMs(opening)).toBeLessThan(AT_ONCE_MS);
  });
});

describe.each(clients)('whileDisconnected: "wait", through $client', (client) => {
  test("open and all other calls succeed once the connection is back", async () => {
    const connection = await connect(client);
    const store = await open(connection, { whileDisconnected: "wait" });
    await store.saveEvent(event(1));
    await killServer(connection);
    const opening = open(connection, { whileDisconnected: undefined }); // the default
    const { "saveEvent of a taken version": conflict, saveEvents: _, saveEvent, ...others } = calls;
    const outcomes = [...Object.values(others), saveEvent].map((call) => call?.(store));
    const conflicting = expect(conflict?.(store)).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
    await restartServer(connection);
    await Promise.all([opening, ...outcomes, conflicting]);
    expect(await store.getEvents("a")).toHaveLength(2);
  });

  test("a call that is not bounded otherwise ends with its signal", async () => {
    const connection = await connect(client);
    const store = await open(connection, { whileDisconnected: "wait" });
    await store.saveEvent(event(1));
    await killServer(connection);
    const timeout = expect.objectContaining({ name: "TimeoutError" });
    await expect(store.getEvents("a", 0, { signal: AbortSignal.timeout(50) })).rejects.toEqual(timeout);
    await expect(store.saveEvent(event(2), { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({
      code: "AETHER_OUTCOME_UNKNOWN",
      cause: timeout,
    });
    // The latest version of this actor must be read first, so nothing is sent.
    await expect(store.saveEvent(event(2, "b"), { signal: AbortSignal.timeout(50) })).rejects.toEqual(timeout);
  });
});

test("whileDisconnected accepts only its two values", async () => {
  const opening = JetStreamEventStore.open({} as never, { streamName: "s", whileDisconnected: "drop" as never });
  await expect(opening).rejects.toMatchObject({
    code: "AETHER_INVALID_ARGUMENT",
    argument: "options.whileDisconnected",
  });
});
