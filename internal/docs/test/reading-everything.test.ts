import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { FeedEventStore } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { transformWithOxc } from "vite";
import { beforeAll, expect, test } from "vitest";
import { pages, snippetsOf } from "./support/documents.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

const page = pages().find(({ path }) => path === join("docs", "reading-everything.md"));
const snippet = page && snippetsOf(page).find(({ file }) => file === "count-orders.ts");
if (snippet === undefined) throw new Error("docs/reading-everything.md has no count-orders.ts");

type CountOrders = (store: FeedEventStore, file: string, follow: boolean) => Promise<void>;

const folder = scratchFolder("reading-everything");
let countOrders: CountOrders;
beforeAll(async () => {
  const module = join(folder, "count-orders.mjs");
  writeFileSync(module, (await transformWithOxc(snippet.code, "count-orders.ts")).code);
  ({ countOrders } = (await import(pathToFileURL(module).href)) as { countOrders: CountOrders });
});

test("the program has fewer than 20 lines", () => {
  expect(snippet.code.trimEnd().split("\n").length).toBeLessThan(20);
});

test("the program counts each order once, although it is restarted and orders come meanwhile", async () => {
  await using store = new MemoryEventStore();
  const file = join(folder, "counts.json");
  const counts = (): unknown => (JSON.parse(readFileSync(file, "utf8")) as { orders: unknown }).orders;
  const place = (order: number, customer: string) =>
    store.saveEvent({ actorId: `order-${order}`, version: 1, eventType: "OrderPlaced", data: { customer } });
  await place(1, "Ada");
  await place(2, "Ben");
  await countOrders(store, file, false);
  expect(counts()).toEqual({ Ada: 1, Ben: 1 });
  for (let order = 3; order <= 5_000; order++) await place(order, "Ada");
  await countOrders(store, file, false);
  expect(counts()).toEqual({ Ada: 4_999, Ben: 1 });
  await countOrders(store, file, false);
  expect(counts()).toEqual({ Ada: 4_999, Ben: 1 });
});
