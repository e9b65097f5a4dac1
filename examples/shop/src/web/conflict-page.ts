import { randomUUID } from "node:crypto";
import { html } from "hono/html";
import type { OrderEvent } from "../orders/order.ts";
import { type Html, hidden } from "./format.ts";
import { layout } from "./layout.ts";
import type { ChangeRequest } from "./requests.ts";
import { timeline } from "./timeline.ts";

const wishes: Readonly<Record<string, string>> = {
  pay: "pay the order",
  address: "change the address",
  ship: "ship the order",
  cancel: "cancel the order",
};

/** The changes since the version that the person saw, and a form that tries the same command at the current version. */
export function conflictPage(
  orderId: string,
  action: string,
  { fields }: ChangeRequest,
  changes: readonly OrderEvent[],
): Html {
  return layout(
    "The order has changed",
    "",
    html`<section class="card narrow" id="conflict">
      <h1>The order has changed</h1>
      <p>You saw an earlier version. Since then, this has happened:</p>
      ${timeline(changes)}
      <p>Nothing was changed. Do you still want to ${wishes[action] ?? action}?</p>
      <form method="post" action="/orders/${orderId}/${action}" class="buttons">
        ${hidden({ ...fields, "if-match": changes.at(-1)?.version ?? 0, "idempotency-key": randomUUID() })}
        <button>Yes, try again</button>
        <a class="button second" href="/orders/${orderId}">No, show the order</a>
      </form>
    </section>`,
  );
}
