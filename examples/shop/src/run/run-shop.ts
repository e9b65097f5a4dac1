import { once } from "node:events";
import { keepReminding } from "../reactions/payment-reminders.ts";
import { reserveStock } from "../reactions/reserve-stock.ts";
import { openShop, type Stores } from "../shop.ts";
import { shopApp } from "../web/app.ts";
import { listen } from "./listen.ts";
import { type Options, roles } from "./options.ts";

/**
 * Runs the shop until the signal is aborted, or a part fails. It then ends in the reverse order: live streams and
 * timers, the server with its requests, the processor, and the projections. The caller closes the stores last.
 */
export async function runShop(
  stores: Stores,
  { role, port }: Pick<Options, "role" | "port">,
  signal: AbortSignal,
): Promise<void> {
  const parts = role === undefined ? roles : [role];
  const closing = new AbortController();
  await using shop = await openShop(stores, parts.includes("projections"));
  await using processor = parts.includes("processors") ? reserveStock(shop) : undefined;
  await processor?.start();
  await using server = parts.includes("api") ? await listen(shopApp(shop, closing.signal), port) : undefined;
  if (server !== undefined) console.log(`the shop is open: ${server.url}`);
  const reminding = processor && keepReminding(shop, closing.signal);
  try {
    const failures = [...shop.failures, processor?.untilStopped(), reminding].filter((each) => each !== undefined);
    if (!signal.aborted) await Promise.race([once(signal, "abort"), ...failures]);
  } finally {
    closing.abort();
    await reminding;
  }
}
