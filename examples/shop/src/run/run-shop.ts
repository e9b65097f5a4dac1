import { once } from "node:events";
import { keepReminding } from "../reactions/payment-reminders.ts";
import { reserveStock } from "../reactions/reserve-stock.ts";
import { openShop, type Stores } from "../shop.ts";
import { shopApp } from "../web/app.ts";
import { listen } from "./listen.ts";
import { addSampleData } from "./sample-data.ts";

/** Parts of the shop, each of which can run in a process of its own. */
export const parts = ["api", "projections", "processors"];

/**
 * Runs parts of the shop, until the signal is aborted or one of them fails. It then ends in the reverse order: live
 * streams and timers, the server with its requests, the processor, the projections, and the stores.
 */
export async function runShop(stores: Stores, running: readonly string[], signal: AbortSignal): Promise<void> {
  await using shop = await openShop(stores, running.includes("projections"));
  await using processor = running.includes("processors") ? reserveStock(shop) : undefined;
  await processor?.start();
  const reminding = processor && keepReminding(shop, signal);
  if (running.includes("api")) await addSampleData(stores.store);
  await using server = running.includes("api") ? await listen(shopApp(shop, signal)) : undefined;
  if (server !== undefined) console.log(`the shop is open: ${server.url}`);
  const failures = [processor, ...shop.views].flatMap((part) => part?.untilStopped?.() ?? []);
  if (!signal.aborted) await Promise.race([once(signal, "abort"), ...failures]);
  await reminding;
}
