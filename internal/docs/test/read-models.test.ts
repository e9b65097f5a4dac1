import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { DocumentStore, FeedEventStore } from "@aether/core";
import {
  type AtLeast,
  type Projection,
  type ProjectionReads,
  type RunningProjection,
  runProjection,
} from "@aether/projections";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { transformWithOxc } from "vite";
import { afterEach, beforeAll, expect, test, vi } from "vitest";
import { pages, snippetsOf } from "./support/documents.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

const page = pages().find(({ path }) => path === join("docs", "read-models.md"));
if (page === undefined) throw new Error("docs/read-models.md is missing");
const snippets = snippetsOf(page).filter(({ file }) => file?.endsWith(".ts"));

const folder = scratchFolder("read-models");
const scriptOf = (file: string): string => join(folder, file.replace(/\.ts$/, ".mjs"));
/** Runs a module of the page in this process. Its imports of packages are those of the test. */
const importOf = <T>(file: string): Promise<T> => import(join(folder, file));
beforeAll(async () => {
  for (const { file = "", code } of snippets) await write(file, code);
  // A read that is answered 100 ms after the signal.
  const late = (snippets.find(({ file }) => file === "server.ts")?.code ?? "").replace(
    "const order = await orders.get(",
    `console.log("read");
    await new Promise((resolve) => process.once("SIGINT", () => setTimeout(resolve, 100)));
    $&`,
  );
  expect(late).toContain("SIGINT");
  await write("late-server.ts", late);
  const main = snippets.find(({ file }) => file === "main.ts")?.code ?? "";
  await write("late-main.ts", main.replace("./server.ts", "./late-server.ts"));
});

async function write(file: string, code: string): Promise<void> {
  const { code: script } = await transformWithOxc(code, file);
  writeFileSync(join(folder, file), code);
  writeFileSync(scriptOf(file), script.replace(/(from\s+"\.\/[^"]+)\.ts"/g, '$1.mjs"'));
}

let server: ChildProcess | undefined;
afterEach(() => {
  server?.kill("SIGKILL");
  server = undefined;
});

test("the test of the page passes", async () => {
  await importOf("order-summaries.test.ts");
});

test("the server answers a read with the write before it, and stops cleanly", async () => {
  const { started, base } = await startServer("main.ts");
  for (let order = 1; order <= 20; order++) {
    const put = await fetch(`${base}/orders/order-${order}`, { method: "PUT" });
    expect(put.status).toBe(201);
    const read = await fetch(`${base}${put.headers.get("location")}`);
    expect(await read.json()).toEqual({ status: "placed", items: ["lamp"], paid: 0 });
  }
  expect((await fetch(`${base}/orders/missing`)).status).toBe(404);
  // A text that is not a position, and a position of another store.
  await using other = new MemoryEventStore();
  const { position } = await other.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data: {} });
  for (const after of ["yesterday", position])
    expect((await fetch(`${base}/orders/order-1?after=${after}`)).status).toBe(400);
  started.kill("SIGTERM");
  expect(await once(started, "exit")).toEqual([0, null]);
});

test("the server answers a request in flight before it stops", async () => {
  const { started, base } = await startServer("late-main.ts");
  const reading = fetch(`${base}/orders/missing`);
  await once(started.stdout, "data");
  started.kill("SIGINT");
  expect((await reading).status).toBe(404);
});

test("a list has pages in the order of the ids", async () => {
  type OpenOrders = (
    orders: ProjectionReads,
    options: { after?: string | undefined; size?: number; atLeast?: AtLeast },
  ) => Promise<{ orders: { id: string }[]; next: string | undefined }>;
  const { openOrders } = await importOf<{ openOrders: OpenOrders }>("open-orders.ts");
  const { orderSummaries } = await importOf<{ orderSummaries: Projection }>("order-summaries.ts");
  await using store = new MemoryEventStore();
  await using orders = await runProjection(store, orderSummaries, { documents: new MemoryDocumentStore() });
  const save = (actorId: string, version: number, eventType: string, data: object) =>
    store.saveEvent({ actorId, version, eventType, data });
  for (const id of ["c", "a", "d", "b"]) await save(id, 1, "OrderPlaced", { customer: "Ada", items: [] });
  const atLeast = await save("b", 2, "OrderPaid", { amount: 5 });
  const first = await openOrders(orders, { size: 2, atLeast });
  expect([first.orders.map(({ id }) => id), first.next]).toEqual([["a", "c"], "c"]);
  const second = await openOrders(orders, { size: 2, after: first.next });
  expect([second.orders.map(({ id }) => id), second.next]).toEqual([["d"], undefined]);
});

test("the totals of customers include payments that only know their order", async () => {
  const { customerTotals } = await importOf<{ customerTotals: Projection }>("customer-totals.ts");
  await using store = new MemoryEventStore();
  const save = (actorId: string, version: number, eventType: string, data: object) =>
    store.saveEvent({ actorId, version, eventType, data });
  await save("order-1", 1, "OrderPlaced", { customer: "Ada", items: [] });
  await save("order-2", 1, "OrderPaid", { amount: 7 });
  const receipt = await save("order-1", 2, "OrderPaid", { amount: 5 });
  for (const options of [{}, { documents: new MemoryDocumentStore(), partitions: 16 as const }]) {
    await using totals = await runProjection(store, customerTotals, options);
    expect(await totals.get("Ada", { atLeast: receipt })).toEqual({ orders: 1, paid: 5 });
  }
});

test("a new version is deployed, and the old one is dropped", async () => {
  type Deploy = (
    store: FeedEventStore,
    documents: DocumentStore,
    projection: Projection,
  ) => Promise<RunningProjection<object>>;
  const { deploy } = await importOf<{ deploy: Deploy }>("deploy.ts");
  const { orderSummaries } = await importOf<{ orderSummaries: Projection }>("order-summaries.ts");
  await using store = new MemoryEventStore();
  const documents = new MemoryDocumentStore();
  const data = { customer: "Ada", items: ["lamp"] };
  await store.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data });
  vi.spyOn(console, "log").mockReturnValue(undefined);
  await using first = await deploy(store, documents, orderSummaries);
  await first.drain();
  await using second = await deploy(store, documents, { ...orderSummaries, version: 2 });
  expect(await second.get("order-1")).toMatchObject({ items: ["lamp"] });
  await expect(first.untilStopped()).rejects.toMatchObject({ cause: { code: "AETHER_PROCESSOR_RETIRED" } });
});

/** Starts a program of the page, and waits until it listens. */
async function startServer(file: string) {
  const port = await freePort();
  const started = spawn(process.execPath, [scriptOf(file)], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  server = started;
  await once(started.stdout, "data");
  return { started, base: `http://127.0.0.1:${port}` };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
