// The process that saves: what happens to the orders of two regions, and tells that it was saved.

import type { NewEvent } from "@aether/core";
import { announcementOf } from "./announce.ts";
import { openShop } from "./open.ts";
import type { OrderEvent } from "./order-event.ts";

await using shop = await openShop(process.argv[2] ?? "127.0.0.1:4222");

async function save(region: string, event: NewEvent<OrderEvent>): Promise<void> {
  const receipt = await shop.store.saveEvent(event);
  await shop.bus.publish(`orders.${region}`, announcementOf(event, receipt));
  console.log(`saved version ${receipt.version} of ${event.actorId}`);
}

await save("eu", { actorId: "order-1", version: 1, eventType: "OrderPlaced", data: { item: "a lamp" } });
await save("us", { actorId: "order-2", version: 1, eventType: "OrderPlaced", data: { item: "a chair" } });
await save("us", { actorId: "order-2", version: 2, eventType: "OrderShipped", data: { carrier: "UPS" } });
await save("eu", { actorId: "order-1", version: 2, eventType: "OrderShipped", data: { carrier: "DHL" } });
await save("eu", { actorId: "shop-eu", version: 1, eventType: "ShopClosed", data: { region: "eu" } });
