// The watcher: subscribes to the orders of all regions, and reads and prints each event that is announced.

import { EVENT_STORED } from "@aether/core";
import { openShop } from "./open.ts";
import { describe } from "./order-event.ts";

await using shop = await openShop(process.argv[2] ?? "127.0.0.1:4222");

// By default, announcements that arrive faster than they are read are dropped. Here the watcher fails instead.
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
// An open channel to the parent would keep the process alive.
process.disconnect?.();
