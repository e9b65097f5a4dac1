// The saver saves orders from two regions. It has one store per region, which announces the saved events.

import type { NewEvent } from "@aether/core";
import { openShop, type Shop } from "./open.ts";
import type { OrderEvent } from "./order-event.ts";

const servers = process.argv[2] ?? "127.0.0.1:4222";
await using eu = await openShop(servers, "eu");
await using us = await openShop(servers, "us");

async function save({ store }: Shop, event: NewEvent<OrderEvent>): Promise<void> {
  const { version } = await store.saveEvent(event);
  console.log(`saved version ${version} of ${event.actorId}`);
}

await save(eu, { actorId: "order-1", version: 1, eventType: "OrderPlaced", data: { item: "a lamp" } });
await save(us, { actorId: "order-2", version: 1, eventType: "OrderPlaced", data: { item: "a chair" } });
await save(us, { actorId: "order-2", version: 2, eventType: "OrderShipped", data: { carrier: "UPS" } });
await save(eu, { actorId: "order-1", version: 2, eventType: "OrderShipped", data: { carrier: "DHL" } });
await save(us, { actorId: "shop-us", version: 1, eventType: "ShopClosed", data: { region: "us" } });
await save(eu, { actorId: "shop-eu", version: 1, eventType: "ShopClosed", data: { region: "eu" } });
