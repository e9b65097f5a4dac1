import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NewEvent } from "@aether/core";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { JetStreamEventStore } from "../src/index.ts";
import { clients, type TestConnection } from "./support/clients.ts";
import { RawStream } from "./support/raw-stream.ts";

const event = (version: number, actorId = "a"): NewEvent => ({ actorId, version, eventType: "Tested", data: {} });
const options = { streamName: "es", streamRetention: "forever", ackTimeoutMs: 20_000 } as const;
const reset = { code: "AETHER_STREAM_RESET", streamName: "es" };

let folder: string;
let server: NatsServer;
let connection: TestConnection | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aether-reset-"));
  server = await startNatsServer({ storeDir: join(folder, "store") });
}, 300_000);
afterEach(async () => {
  await connection?.close();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe.each(clients)("a stream that was reset, through $client", ({ connect }) => {
  test("deleted and created again: the store detects it, and rejects every later call", async () => {
    connection = await connect({ servers: server.url });
    const store = await JetStreamEventStore.open(connection, options);
    for (const version of [1, 2, 3]) await store.saveEvent(event(version));
    await new RawStream(connection, "es").api("STREAM.DELETE.{stream}");
    const other = await JetStreamEventStore.open(connection, options);
    await other.saveEvent(event(1));
    await expect(store.saveEvent(event(4))).rejects.toMatchObject(reset);
    await expect(store.getLatestVersion("b")).rejects.toMatchObject(reset);
    await expect(store.getEvents("a")).rejects.toMatchObject(reset);
    expect(await other.getEvents("a")).toHaveLength(1);
  });

  test("deleted and created again: a read rejects before its time is over", async () => {
    connection = await connect({ servers: server.url });
    // Longer than a test may take.
    const store = await JetStreamEventStore.open(connection, { ...options, ackTimeoutMs: 60_000 });
    await store.saveEvent(event(1));
    await new RawStream(connection, "es").api("STREAM.DELETE.{stream}");
    await JetStreamEventStore.open(connection, options);
    await expect(store.getEvents("a")).rejects.toMatchObject(reset);
  });

  test("deleted: calls reject as unavailable", async () => {
    connection = await connect({ servers: server.url });
    const store = await JetStreamEventStore.open(connection, { ...options, ackTimeoutMs: 500 });
    await store.saveEvent(event(1));
    await new RawStream(connection, "es").api("STREAM.DELETE.{stream}");
    await expect(store.getEvents("a")).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
    await expect(store.saveEvent(event(2))).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
  });

  test("restored from an older backup while the server was down: no write builds on the lost events", async () => {
    connection = await connect({ servers: server.url });
    const store = await JetStreamEventStore.open(connection, options);
    for (const version of [1, 2]) await store.saveEvent(event(version));
    await server.stop({ keepStore: true });
    await cp(join(folder, "store"), join(folder, "backup"), { recursive: true });
    await server.restart();
    for (const version of [3, 4, 5]) await store.saveEvent(event(version));
    await server.stop({ keepStore: true });
    await rm(join(folder, "store"), { recursive: true });
    await cp(join(folder, "backup"), join(folder, "store"), { recursive: true });
    // The outcome of the save is unknown, because it was sent while the server was down. It must not be resent.
    const save = store.saveEvent(event(6)).catch((error: unknown) => error);
    await server.restart();
    expect(await save).toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN", cause: reset });
    await expect(store.saveEvent(event(6))).rejects.toMatchObject(reset);
    const fresh = await JetStreamEventStore.open(connection, options);
    expect((await fresh.getEvents("a")).map(({ version }) => version)).toEqual([1, 2]);
    await fresh.saveEvent(event(3));
  });
});
