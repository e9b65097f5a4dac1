import { setInterval } from "node:timers/promises";
import { isAetherError } from "@aether/core";
import type { Shop } from "../shop.ts";

/**
 * Reminds of all payments that are due. The document of an order may be outdated, and other processes may do the same
 * at the same time. The rules of the order decide on its current state, so each customer gets one reminder.
 */
export async function remindOfPayments({ duePayments, orders }: Shop, now: number): Promise<void> {
  for await (const { id, document } of duePayments.list())
    if (Date.parse(document.dueAt) <= now) await orders.handle(id, { type: "RemindOfPayment" });
}

/** Looks for due payments every second, until the signal is aborted. */
export async function keepReminding(shop: Shop, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(1_000, undefined, { signal })) {
      await remindOfPayments(shop, Date.now()).catch((error) => {
        if (!isAetherError(error)) throw error;
        console.warn(`reminders are late: ${error.message}`); // such as an outage; the next round tries again
      });
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
