import { type NatsServer, startNatsServer, startTcpProxy } from "@aether/nats-testing";
import { JetStreamDocumentStore, JetStreamEventStore, type NatsConnection } from "@aether/store-jetstream";
import { MemoryDocumentStore } from "@aether/store-memory";
import { connect as connectNatsIo } from "@nats-io/transport-node";
import { connect as connectNats } from "nats";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  defineProjection,
  dropProjection,
  type Projection,
  type RunningProjection,
  type RunProjectionOptions,
  runProjection,
} from "../src/index.ts";
import { customers, type OrderEvent, orders } from "./orders.ts";
import { all } from "./support.ts";

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
  /** A process: stores on a connection of its own, and projections on them. */
  async function startProcess(servers = server.url) {
    const connection: NatsConnection & { close(): Promise<void> } = await connect(servers);
    const options = { streamName: "orders", ackTimeoutMs: 2_000 };
    const store = await JetStreamEventStore.open<OrderEvent>(connection, options);
    const documents = await JetStreamDocumentStore.open(connection, { bucket: "projections", ackTimeoutMs: 2_000 });
    open.push(() => connection.close());
    open.push(() => store.close());
    open.push(() => documents.close());
    const save = (actorId: string, version: number, draft: Pick<OrderEvent, "eventType" | "data">) =>
      store.saveEvent({ actorId, version, ...draft } as never);
    return {
      documents,
      place: (order: string, customerId: string) =>
        save(order, 1, { eventType: "OrderPlaced", data: { customerId, lines: [] } }),
      pay: (order: string, version: number, amount: number) =>
        save(order, version, { eventType: "OrderPaid", data: { amount } }),
      cancel: (order: string, version: number) => save(order, version, { eventType: "OrderCancelled", data: {} }),
      run: async <D extends object>(
        projection: Projection<OrderEvent, D>,
        changes: Partial<RunProjectionOptions> = {},
      ): Promise<RunningProjection<D>> => {
        const running = await runProjection(store, projection, { documents, leaseMs: 2_000, ...changes });
        open.push(() => running.stop());
        return running;
      },
    };
  }

  test("the new user's case, with documents on JetStream, in memory, and in a MemoryDocumentStore", async () => {
    const { place, pay, run } = await startProcess();
    const mixed = new MemoryDocumentStore();
    for (const changes of [{}, { documents: mixed }]) await (await run(orders, changes)).stop();
    for (const order of ["o-1", "o-2", "o-3", "o-4"]) await place(order, "c-1");
    const receipt = await pay("o-1", 2, 5);
    const expected = { status: "placed", paid: 0, skus: [] };
    for (const changes of [{}, { documents: mixed }, { documents: undefined }]) {
      const running = await run(orders, changes);
      expect(await running.get("o-1", { atLeast: receipt })).toEqual({ status: "paid", paid: 5, skus: [] });
      const { "o-1": _, ...others } = await all(running);
      expect(others).toEqual({ "o-2": expected, "o-3": expected, "o-4": expected });
    }
  });

  test("two processes divide the documents of customers, and read each other's writes", async () => {
    const [one, other] = [await startProcess(), await startProcess()];
    const first = await one.run(customers, { partitions: 16 });
    const second = await other.run(customers, { partitions: 16 });
    await vi.waitFor(() => expect([first.status.state, second.status.state]).toEqual(["running", "running"]), 10_000);
    const all20 = Array.from({ length: 20 }, (_, index) => index);
    await Promise.all(all20.map((order) => one.place(`o-${order}`, `c-${order % 5}`)));
    const receipts = await Promise.all(all20.map((order) => other.pay(`o-${order}`, 2, order)));
    const latest = receipts.reduce((one, next) => (next.position > one.position ? next : one));
    const expected = (customer: number) => ({ orders: 4, paid: 4 * customer + 30 });
    for (let customer = 0; customer < 5; customer++) {
      for (const running of [first, second])
        expect(await running.get(`c-${customer}`, { atLeast: latest })).toEqual(expected(customer));
    }
  }, 30_000);

  test("a process that is cut off loses its partition, and changes nothing any more", async () => {
    await using proxy = await startTcpProxy(() => server.port);
    const [cut, other] = [await startProcess(proxy.url), await startProcess()];
    const first = await cut.run(orders, { leaseMs: 500 });
    await first.waitFor(await other.place("o-1", "c-1"));
    const second = await other.run(orders, { leaseMs: 500 });
    proxy.refuse();
    await other.pay("o-1", 2, 5);
    await other.place("o-2", "c-1");
    const receipt = await other.cancel("o-2", 2);
    expect(await second.get("o-1", { atLeast: receipt })).toMatchObject({ paid: 5 });
    proxy.pass();
    await second.stop();
    await first.waitFor(await other.pay("o-1", 3, 1));
    expect(await all(first)).toEqual({ "o-1": { status: "paid", paid: 6, skus: [] } });
  }, 30_000);

  test("continues after the server was killed and started again", async () => {
    const { place, pay, run } = await startProcess();
    const running = await run(orders);
    await running.waitFor(await place("o-1", "c-1"));
    await server.kill();
    await server.restart();
    expect(await running.get("o-1", { atLeast: await pay("o-1", 2, 5) })).toMatchObject({ paid: 5 });
  }, 30_000);

  test("a new version is built, read and watched, and the old one is dropped", async () => {
    const [one, other] = [await startProcess(), await startProcess()];
    const first = await one.run(orders);
    await first.waitFor(await one.place("o-1", "c-1"));
    const watched: unknown[] = [];
    const watch = (async () => {
      for await (const change of first.watch()) {
        if (change.type !== "put") continue;
        watched.push(change.document.paid);
        if (change.document.paid === 107) break;
      }
    })();
    await vi.waitFor(() => expect(watched).toEqual([0]), 5_000);
    const next = defineProjection<OrderEvent, { status: "placed" | "paid"; paid: number; skus: string[] }>({
      ...orders,
      version: 2,
      evolve: { ...orders.evolve, OrderPlaced: () => ({ status: "placed", paid: 100, skus: [] }) },
    });
    const second = await other.run(next);
    await second.untilLive();
    expect(await second.progress()).toMatchObject({ isCaughtUp: true, share: 1 });
    await other.pay("o-1", 2, 7);
    await watch;
    await dropProjection(other.documents, orders);
    await expect(first.untilStopped()).rejects.toMatchObject({ cause: { code: "AETHER_PROCESSOR_RETIRED" } });
    expect(await first.get("o-1")).toMatchObject({ paid: 107 });
  }, 30_000);
});
