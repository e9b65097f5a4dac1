// The watcher subscribes to the orders from all regions. It reads and prints each announced event.

import { EVENT_STORED } from "@aether/core";
import { openShop } from "./open.ts";
import { describe } from "./order-event.ts";

await using shop = await openShop(process.argv[2] ?? "127.0.0.1:4222");

// By default, a subscription drops announcements that do not fit into its buffer. Here the watcher fails instead.
const announcements = shop.bus.subscribe("orders.>", { eventTypes: [EVENT_STORED], overflow: "error" });
await announcements.ready;
console.log("watching orders.>");
process.send?.("watching");

const openRegions = new Set(["eu", "us"]);
for await (const { data } of announcements) {
  const [event] = await shop.store.getEvents(data.actorId, data.version);
  if (event === undefined)
    throw new Error(`version ${data.version} of ${data.actorId} was announced but is not stored`);
  console.log(describe(event));
  if (event.eventType === "ShopClosed") openRegions.delete(event.data.region);
  if (openRegions.size === 0) break;
}
// An open channel to the parent process would keep this process running.
process.disconnect?.();
