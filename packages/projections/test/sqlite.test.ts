import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ProjectedEvent, testProjections } from "@aether/conformance";
import { SqliteDocumentStore, SqliteEventStore } from "@aether/store-sqlite";
import Libsql from "libsql";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defineProjection, runProjection } from "../src/index.ts";
import type { CountEvent } from "./counts.ts";
import { expectPlainFold, projectingProcesses } from "./killed-processes.ts";
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
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "projections-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const processes = projectingProcesses(); // ended before the folder is removed

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
    const { store, documents, close } = await open<CountEvent>(folder);
    await expectPlainFold({ store, documents }, () => processes.start("project-sqlite.mjs", folder), 4);
    await close();
  }, 120_000);
});
