import { html } from "hono/html";
import type { OrderEvent } from "../orders/order.ts";
import { type Html, money, time } from "./format.ts";

/** The events of an order, in order. Those after the shown version are in the future. */
export const timeline = (events: readonly OrderEvent[], shown = Number.MAX_SAFE_INTEGER): Html =>
  html`<ol class="timeline">${events.map(
    (event) => html`<li data-event="${event.version}"${event.version > shown ? html` class="future"` : ""}>
      <b>${textOf(event)}</b><small>version ${event.version} · ${time(event.timestamp)}</small></li>`,
  )}</ol>`;

function textOf(event: OrderEvent): string {
  switch (event.eventType) {
    case "OrderPlaced":
      return `Placed by ${event.data.customer}`;
    case "AddressChanged":
      return `Address changed to ${event.data.address}`;
    case "PaymentReminderSent":
      return `Reminded of the payment of ${money(event.data.amount)}`;
    case "OrderPaid":
      return `Paid: ${money(event.data.amount)}`;
    case "OrderShipped":
      return `Shipped with ${event.data.carrier}`;
    case "OrderCancelled":
      return `Cancelled: ${event.data.reason}`;
  }
}
