import type { Event } from "@aether/core";
import { type NatsServer, startNatsServer, startTcpProxy } from "@aether/nats-testing";
import { JetStreamDocumentStore, JetStreamEventStore, type NatsConnection } from "@aether/store-jetstream";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EventProcessor, type ProcessorOptions, parkedActors, retryParked, waitForProcessor } from "../src/index.ts";
import { event } from "./support.ts";

const lasting = { maxReconnectAttempts: -1, reconnectTimeWait: 20 };
const clients = [
  { client: "nats", connect: (servers: string) => connectNats({ ...lasting, servers }) },
  { client: "nats-io", connect: (servers: string) => connectNatsIo({ ...lasting, servers }) },
] as const;

let server: NatsServer;
const open: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  server = await startNatsServer();
}, 300_000);
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
  await server.stop();
});

describe.each(clients)("on JetStream, through $client", ({ connect }) => {
  /** A process: stores on a connection of its own, and processors on them. */
  async function startProcess(servers = server.url) {
    const connection: NatsConnection & { close(): Promise<void> } = await connect(servers);
    const store = await JetStreamEventStore.open(connection, { streamName: "orders", ackTimeoutMs: 2_000 });
    const documents = await JetStreamDocumentStore.open(connection, { bucket: "processors", ackTimeoutMs: 2_000 });
    open.push(() => connection.close());
    open.push(() => store.close());
    open.push(() => documents.close());
    return {
      store,
      documents,
      connection,
      start: async (options: Partial<ProcessorOptions>): Promise<EventProcessor> => {
        const processor = new EventProcessor(store, { name: "mails", documents, leaseMs: 2_000, ...options });
        open.push(() => processor.stop());
        await processor.start();
        return processor;
      },
    };
  }

  test("handles stored and new events, with sixteen partitions in two processes", async () => {
    const [one, other] = [await startProcess(), await startProcess()];
    const handled: string[] = [];
    const handle = async ({ id }: Event): Promise<void> => void handled.push(id);
    const actors = Array.from({ length: 40 }, (_, index) => `actor-${index}`);
    for (const actorId of actors) await one.store.saveEvents([event(actorId, 1), event(actorId, 2)]);
    const first = await one.start({ handle, partitions: 16 });
    const second = await other.start({ handle, partitions: 16 });
    await vi.waitFor(() => expect(second.status.partitions.length).toBe(8), 5_000);
    await Promise.all(actors.map((actorId) => other.store.saveEvent(event(actorId, 3))));
    await first.drain();
    for (const actorId of actors) {
      const own = handled.filter((id) => id.startsWith(`${actorId}/`));
      expect(own).toEqual([1, 2, 3].map((version) => `${actorId}/${version}`));
    }
  });

  test("another process waits for a position, retries parked actors, and takes over after a stop at once", async () => {
    const [one, other] = [await startProcess(), await startProcess()];
    let isBroken = true;
    const handled: string[] = [];
    const options: Partial<ProcessorOptions> = {
      onFailure: "park",
      retry: { onFailure: () => ({ giveUp: true }) },
      handle: ({ id }) => {
        if (isBroken && id === "a/1") throw new Error("broken");
        handled.push(id);
      },
    };
    const first = await one.start(options);
    const { position } = await other.store.saveEvent(event("a", 1));
    const { position: next } = await other.store.saveEvent(event("b", 1));
    await waitForProcessor(other.documents, "mails", next, { actorId: "b", store: other.store });
    await expect(waitForProcessor(other.documents, "mails", next)).rejects.toMatchObject({
      code: "AETHER_ACTOR_PARKED",
      actorId: "a",
      position,
    });
    isBroken = false;
    expect(await retryParked(other.documents, "mails", "a")).toBe(true);
    await vi.waitFor(async () => expect(await parkedActors(other.documents, "mails")).toEqual([]), 5_000);
    await waitForProcessor(other.documents, "mails", position);
    expect(handled).toEqual(["b/1", "a/1"]);
    const second = await other.start(options);
    const stoppedMs = performance.now();
    await first.stop();
    await vi.waitFor(() => expect(second.status.state).toBe("running"), 2_000);
    expect(performance.now() - stoppedMs).toBeLessThan(1_000);
  });

  test("continues after the server was killed and started again", async () => {
    const { store, start } = await startProcess();
    const handled: string[] = [];
    const processor = await start({ handle: ({ id }) => void handled.push(id) });
    await store.saveEvent(event("a", 1));
    await processor.drain();
    await server.kill();
    await server.restart();
    const { position } = await store.saveEvent(event("a", 2));
    await processor.waitFor(position);
    expect([...new Set(handled)]).toEqual(["a/1", "a/2"]);
    expect(processor.status.problem).toBeUndefined();
  }, 30_000);

  test("a process that is cut off loses its lease, and the other one takes over", async () => {
    await using proxy = await startTcpProxy(() => server.port);
    const [cut, other] = [await startProcess(proxy.url), await startProcess()];
    const handled: string[] = [];
    const first = await cut.start({ leaseMs: 500, handle: ({ id }) => void handled.push(`first ${id}`) });
    const { position } = await other.store.saveEvent(event("a", 1));
    await first.waitFor(position);
    const second = await other.start({ leaseMs: 500, handle: ({ id }) => void handled.push(`second ${id}`) });
    proxy.refuse();
    const { position: next } = await other.store.saveEvent(event("a", 2));
    await second.waitFor(next);
    await vi.waitFor(() => expect(first.status.state).toBe("standby"), 5_000);
    expect(handled.filter((each) => each.endsWith("a/2"))).toEqual(["second a/2"]);
    proxy.pass();
    await second.stop();
    await other.store.saveEvent(event("a", 3));
    await vi.waitFor(() => expect(handled.at(-1)).toBe("first a/3"), 10_000);
  }, 30_000);

  test("stops if the stream was created again", async () => {
    const { store, connection, start } = await startProcess();
    const processor = await start({ handle: () => {} });
    await store.saveEvent(event("a", 1));
    await processor.drain();
    await new Promise<void>((resolve, reject) => {
      const api = connection as unknown as {
        request(subject: string, payload: string): Promise<unknown>;
      };
      api.request("$JS.API.STREAM.DELETE.orders", "").then(() => resolve(), reject);
    });
    await JetStreamEventStore.open(connection, { streamName: "orders", ackTimeoutMs: 2_000 });
    await expect(processor.untilStopped()).rejects.toMatchObject({
      code: "AETHER_PROCESSOR_STOPPED",
      cause: { code: "AETHER_STREAM_RESET" },
    });
  }, 30_000);
});
