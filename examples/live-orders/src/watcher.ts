// The process that watches: it hears of everything that is saved for orders, in any region, and reads it.

import { EVENT_STORED } from "@aether/core";
import { openShop } from "./open.ts";
import { describe } from "./order-event.ts";

await using shop = await openShop(process.argv[2] ?? "127.0.0.1:4222");

const announcements = shop.bus.subscribe("orders.>", { eventTypes: [EVENT_STORED] });
await announcements.ready;
console.log("watching orders.>");
process.send?.("watching");

const open = new Set(["eu", "us"]);
for await (const { data } of announcements) {
  const [event] = await shop.store.getEvents(data.actorId, data.version);
  if (event === undefined) throw new Error(`version ${data.version} of ${data.actorId} was announced and is not there`);
  console.log(describe(event));
  if (event.eventType === "ShopClosed") open.delete(event.data.region);
  if (open.size === 0) break;
}
// Nobody waits for messages from here on, so that the process can end.
process.disconnect?.();
