import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startNatsServer } from "@aether/nats-testing";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { openStores } from "../src/run/stores.ts";
import { openShop } from "../src/shop.ts";
import type { Operations } from "../src/web/operations.ts";
import { eventually } from "./support/eventually.ts";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));

beforeEach(() => void vi.stubEnv("PORT", "0"));
afterEach(() => void vi.unstubAllEnvs());

/** Starts the shop, and reads its output. */
function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit") as Promise<[number | null]>;
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  onTestFinished(async () => {
    child.kill();
    await ended;
  });
  return {
    /** Waits until the pattern has matched this number of lines. Returns the group of the last one. */
    printed: (pattern: RegExp, count = 1): Promise<string> =>
      eventually(() => lines.flatMap((line) => pattern.exec(line)?.[1] ?? [])[count - 1] ?? expect.fail(lines.join())),
    stop: async () => {
      child.kill();
      return (await ended)[0];
    },
  };
}

async function get<Value>(url: string): Promise<Value> {
  const response = await fetch(url, { headers: { accept: "application/json" } });
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as Value;
}

test("three processes share the shop on JetStream; although two are killed, every order is right", async () => {
  const nats = await startNatsServer();
  onTestFinished(() => nats.stop());
  vi.stubEnv("NATS_URL", nats.url);
  const shop = start("--store", "jetstream", "--processes", "3");
  const url = await shop.printed(/^the shop is open: (.+)$/);
  const send = async (path: string, body: object = {}) => {
    const key = crypto.randomUUID();
    const headers = { accept: "application/json", "content-type": "application/json", "idempotency-key": key };
    const response = await fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
    expect(response.ok, await response.clone().text()).toBe(true);
    return (await response.json()) as { readonly orderId: string };
  };
  /** Waits until everything is handled, and returns the available kettles. */
  const settled = () =>
    eventually(async () => {
      const { stock, processors } = await get<Operations>(`${url}/operations`);
      for (const { name, lag, failure } of processors) expect([name, lag, failure]).toEqual([name, 0, undefined]);
      return stock.find(({ item }) => item === "kettle")?.available ?? 0;
    });
  const kettles = await settled();

  const placed: string[] = [];
  const actions = [[], ["pay"], ["pay", "ship"], ["cancel"], ["pay", "cancel"]];
  const work = async (from: number, to: number) => {
    for (let index = from; index < to; index++) {
      const { orderId } = await send("/orders", { customer: `Customer ${index % 3}`, address: "London", kettle: 1 });
      placed.push(orderId);
      for (const action of actions[index % 5] ?? [])
        await send(`/orders/${orderId}/${action}`, { carrier: "DHL", reason: "ordered twice" });
    }
  };
  await work(0, 10);
  for (const part of ["projections", "processors"]) {
    const working = work(0, 10);
    process.kill(Number(await shop.printed(new RegExp(`^${part}: process (\\d+)$`))), "SIGKILL");
    await shop.printed(new RegExp(`^${part}: process (\\d+)$`), 2);
    await working;
  }
  await eventually(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200));

  const states = ["placed", "paid", "shipped", "cancelled", "cancelled"];
  const listed = await get<readonly { orderId: string; status: string; total: number }[]>(`${url}/`);
  for (const [index, orderId] of placed.entries()) {
    const found = listed.filter((order) => order.orderId === orderId);
    expect(found).toMatchObject([{ status: states[index % 5], total: 35_50 }]);
  }
  // Two of five orders were cancelled. Each of the others has its kettle once.
  expect(await settled()).toBe(kettles - placed.length * 0.6);
  expect(await shop.stop()).toBe(0);

  await using opened = await openShop(await openStores("jetstream"), false);
  const events = await opened.store.getEvents("stock-kettle");
  const released = events.filter((event) => event.eventType === "StockReleased" && placed.includes(event.data.orderId));
  expect([placed.length, released.length]).toEqual([30, 12]);
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
});

test("the shop starts on a SQLite file, and continues with it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aether-shop-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  vi.stubEnv("SHOP_FILE", join(folder, "shop.db"));
  for (let run = 0; run < 2; run++) {
    const shop = start();
    const url = await shop.printed(/^the shop is open: (.+)$/);
    const listed = await eventually(async () => {
      const orders = await get<readonly object[]>(`${url}/`);
      expect(orders).toHaveLength(24);
      return orders;
    });
    expect(listed[0]).toMatchObject({ status: "placed" });
    expect(await shop.stop()).toBe(0);
  }
});

test.each([["--store=paper"], ["--store=memory", "--processes=3"]])(
  "wrong usage ends the start: %s %s",
  async (...args) => {
    const child = spawn(process.execPath, [main, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    let output = "";
    child.stderr.on("data", (data) => (output += data));
    expect((await once(child, "close"))[0]).toBe(1);
    expect(output).toContain("usage: npm run shop");
  },
);
