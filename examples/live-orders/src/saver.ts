// The saver saves the orders of one day: `node saver.js URL day`.

import { openShop } from "./open.ts";

const [, , servers = "127.0.0.1:4222", day] = process.argv;
await using shop = await openShop(servers);
const { store } = shop;

const place = (order: string, customer: string): Promise<unknown> =>
  store.saveEvent({ actorId: order, version: 1, eventType: "OrderPlaced", data: { customer } });

switch (day) {
  case "monday":
    await place("order-1", "Ada");
    await place("order-2", "Ben");
    await store.saveEvent({ actorId: "order-1", version: 2, eventType: "OrderShipped", data: { carrier: "DHL" } });
    console.log("saved 3 events");
    break;
  case "tuesday":
    await Promise.all(Array.from({ length: 10_000 }, (_, index) => place(`sale-${index}`, "Ada")));
    console.log("saved 10,000 events");
    break;
  default:
    await place("order-3", "Ben");
    await store.saveEvent({ actorId: "shop", version: 1, eventType: "ShopClosed", data: { reason: "holidays" } });
    console.log("saved 2 events");
}
