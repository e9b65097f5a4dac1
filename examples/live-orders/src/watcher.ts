// The watcher counts the orders of each customer: `node watcher.js URL FILE`. The file contains the counts, together
// with the position of the last event that they include. So the watcher continues where it ended, even after a crash.

import { readFile, rename, writeFile } from "node:fs/promises";
import type { Position } from "@aether/core";
import { openShop } from "./open.ts";

interface Counts {
  readonly position?: Position | undefined;
  readonly orders: Record<string, number>;
}

const [, , servers = "127.0.0.1:4222", file = "counts.json"] = process.argv;
await using shop = await openShop(servers);
const saved = await readFile(file, "utf8").catch(() => '{ "orders": {} }');
const { position: after, orders } = JSON.parse(saved) as Counts;
console.log(after === undefined ? "begins with the first event" : "continues");

const summary = (): string =>
  Object.entries(orders)
    .map(([customer, count]) => `${customer}: ${count}`)
    .join(", ") || "no orders";

for await (const { events, position, isCaughtUp } of shop.store.readFeed({ after, follow: true })) {
  for (const { event } of events) {
    if (event.eventType !== "OrderPlaced") continue;
    const { customer } = event.data;
    orders[customer] = (orders[customer] ?? 0) + 1;
  }
  const counts: Counts = { position, orders };
  await writeFile(`${file}.new`, JSON.stringify(counts));
  await rename(`${file}.new`, file); // replaces the counts and the position in one step
  if (isCaughtUp) {
    console.log(summary());
    process.send?.(orders);
  }
  if (events.some(({ event }) => event.eventType === "ShopClosed")) break;
}
console.log(`the shop has closed: ${summary()}`);
// An open channel to the parent process would keep this process running.
process.disconnect?.();
