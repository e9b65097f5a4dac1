import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProjectedEvent, testProjections } from "@aether/conformance";
import { waitForProcessor } from "@aether/processor";
import { SqliteDocumentStore, SqliteEventStore } from "@aether/store-sqlite";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { collectionOf, type DocumentRecord, processorOf } from "../src/documents/stored-projection.ts";
import { defineProjection, runProjection } from "../src/index.ts";
import { type CountEvent, countEvent, foldCount } from "./counts.ts";
import { customers, type OrderEvent, orders } from "./orders.ts";

// The cases mostly wait for leases to end.
testProjections<string>({
  name: "projections in SQLite",
  test,
  describe: (name, body) => describe.concurrent(name, body),
  ...{ seeds: [1, 2], leaseMs: 800, caseTimeoutMs: 60_000 },
  run: (store, sample, options) => runProjection(store, defineProjection(sample), options),
  createStorage: () => mkdtemp(join(tmpdir(), "projections-")),
  open: async (folder) => {
    const { store, documents, close } = await open<ProjectedEvent>(folder);
    return { store, documents, close };
  },
  destroyStorage: (folder) => rm(folder, { recursive: true }),
});

/** Opens both stores on a connection of their own. */
async function open<E extends CountEvent | OrderEvent | ProjectedEvent>(folder: string) {
  const database = new Libsql(join(folder, "aether.db"));
  // A write does not wait for the disk: a process that is killed loses nothing.
  const store = await SqliteEventStore.open<E>(database, { synchronous: "normal" });
  const documents = await SqliteDocumentStore.open(database, { synchronous: "normal" });
  const close = async (): Promise<void> => {
    await Promise.all([store.close(), documents.close()]);
    database.close();
  };
  return { store, documents, close };
}

describe("in SQLite", () => {
  let folder: string;
  const running = new Set<ChildProcess>();
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "projections-"));
  });
  afterEach(async () => {
    for (const child of running) child.kill("SIGKILL");
    running.clear();
    await rm(folder, { recursive: true });
  });

  test("the read side is down while orders are placed and paid, and then all orders are right", async () => {
    const { store, documents, close } = await open<OrderEvent>(folder);
    const place = (order: string) =>
      store.saveEvent({ actorId: order, version: 1, eventType: "OrderPlaced", data: { customerId: "c-1", lines: [] } });
    const first = await runProjection(store, orders, { documents });
    await place("o-1");
    await first.drain();
    await first.stop();
    for (const order of ["o-2", "o-3", "o-4"]) await place(order);
    await store.saveEvent({ actorId: "o-2", version: 2, eventType: "OrderPaid", data: { amount: 5 } });
    const second = await runProjection(store, orders, { documents });
    const byCustomer = await runProjection(store, customers, { documents });
    await second.drain();
    const found: Record<string, unknown> = {};
    for await (const { id, document } of second.list()) found[id] = [document.status, document.paid];
    expect(found).toEqual({ "o-1": ["placed", 0], "o-2": ["paid", 5], "o-3": ["placed", 0], "o-4": ["placed", 0] });
    await byCustomer.drain();
    expect(await byCustomer.get("c-1")).toEqual({ orders: 4, paid: 5 });
    await Promise.all([second.stop(), byCustomer.stop()]);
    await close();
  });

  test("processes that are killed at any moment leave the same documents", async () => {
    const script = new URL("processes/project-sqlite.mjs", import.meta.url);
    const start = async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [script.pathname, folder], { stdio: ["ignore", "pipe", "inherit"] });
      running.add(child);
      await once(child.stdout, "data");
      return child;
    };
    const { store, documents, close } = await open<CountEvent>(folder);
    const expected = new Map<string, number>();
    let n = 0;
    let last = await store.saveEvent(countEvent(++n));
    foldCount(expected, countEvent(n));
    let children = [await start(), await start()];
    for (let round = 0; round < 4; round++) {
      for (let index = 0; index < 60; index++) {
        const event = countEvent(++n);
        last = await store.saveEvent(event);
        foldCount(expected, event);
      }
      const [oldest, ...others] = children;
      oldest?.kill("SIGKILL");
      children = [...others, await start()];
    }
    const projection = { name: "counts", version: 1 };
    await waitForProcessor(documents, processorOf(projection), last.position, { timeoutMs: 30_000 });
    const found = new Map<string, number>();
    for await (const { id, value } of documents.listDocuments<DocumentRecord<{ n: number }>>(collectionOf(projection)))
      if (value.document !== null) found.set(id, value.document.n);
    expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
    for (const child of children) child.kill("SIGKILL");
    await close();
  }, 120_000);
});
