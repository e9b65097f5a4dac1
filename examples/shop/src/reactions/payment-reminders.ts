import { setTimeout } from "node:timers/promises";
import type { Shop } from "../shop.ts";

const TERM_MS = 3 * 24 * 60 * 60 * 1_000;

/** Reminds of payments that are due. The rules decide on the current state, so each customer gets one reminder. */
export async function remindOfPayments({ ordersByCustomer, orders }: Shop, now: number): Promise<void> {
  for await (const { document: order } of ordersByCustomer.list()) {
    const isDue = order.status === "placed" && Date.parse(order.placedAt) + TERM_MS <= now;
    if (isDue && !order.isReminded) await orders.handle(order.orderId, { type: "RemindOfPayment" });
  }
}

/** Looks for due payments every second, until the signal is aborted. */
export async function keepReminding(shop: Shop, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await remindOfPayments(shop, Date.now()).catch((error) => console.warn("reminders are late:", error));
    await setTimeout(1_000, undefined, { signal }).catch(() => {}); // ends early when the signal is aborted
  }
}
