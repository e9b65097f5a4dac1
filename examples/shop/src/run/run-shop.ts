import { once } from "node:events";
import { keepReminding } from "../reactions/payment-reminders.ts";
import { reserveStock } from "../reactions/reserve-stock.ts";
import type { Shop } from "../shop.ts";
import { shopApp } from "../web/app.ts";
import { listen } from "./listen.ts";

/** Parts of the shop, each of which can run in a process of its own. */
export const parts = ["api", "projections", "processors"];

/**
 * Runs the shop, or only one part of it, until the signal is aborted or a part fails. It then ends in the reverse
 * order: live streams and timers, the server with its requests, and the processor. The caller closes the shop last.
 */
export async function runShop(shop: Shop, part: string | undefined, signal: AbortSignal): Promise<void> {
  await using processor = part === undefined || part === "processors" ? reserveStock(shop) : undefined;
  await processor?.start();
  const reminding = processor && keepReminding(shop, signal);
  const app = part === undefined || part === "api" ? shopApp(shop, signal) : undefined;
  await using server = app && (await listen(app, Number(process.env.PORT ?? 8080)));
  if (server !== undefined) console.log(`the shop is open: ${server.url}`);
  const failures = [processor, ...shop.views].flatMap((running) => running?.untilStopped?.() ?? []);
  if (!signal.aborted) await Promise.race([once(signal, "abort"), ...failures]);
  await reminding;
}
