import type { DataOf } from "@aether/core";
import { foldEvents } from "@aether/decider";
import { html } from "hono/html";
import { catalogue } from "../orders/catalogue.ts";
import { type Order, type OrderEvent, orders, totalOf } from "../orders/order.ts";
import type { OrderSummary } from "../views/orders-by-customer.ts";
import { badge, form, type Html, layout, money, table, textField, time } from "./html.ts";

/** The list of all orders, or of those of a customer, and a form to place one. */
export function ordersPage(list: readonly OrderSummary[], customer: string | undefined): Html {
  const rows = list.map(({ orderId, customer, status, total, isReminded, placedAt }) => [
    html`<a href="/orders/${orderId}">${customer}</a><small>${time(placedAt)}</small>`,
    badge(status === "placed" && isReminded ? "reminded" : status),
    money(total),
  ]);
  const articles = [...catalogue].map(
    ([item, { name, price }]) => html`<label>${name}, ${money(price)}
      <input type="number" name="${item}" min="0" max="1000" value="0"></label>`,
  );
  const fields = [textField("Customer", "customer", customer), textField("Address", "address"), articles];
  return layout(
    customer === undefined ? "Orders" : `Orders of ${customer}`,
    html`<div class="columns">
      <section class="card" id="orders" data-live>
        ${table(html`${list.length} orders · <a href="#place">Place another one</a>`, rows)}
      </section>
      <aside id="place">${form("/orders", "Place order", fields)}</aside>
    </div>`,
  );
}

/** An order: its history with the state at the shown version, and the forms to change it. */
export function orderPage(path: string, events: readonly OrderEvent[], shown: number): Html {
  const order = foldEvents(orders, events);
  return layout(
    `Order of ${order.customer}`,
    html`<div class="columns">
      <section class="card">
        <p id="status" data-live>${badge(order.status)}
          <a href="/customers/${encodeURIComponent(order.customer)}">All orders of ${order.customer}</a></p>
        <form>
          <label><span id="shown" data-live>Version <output>${shown}</output> of ${events.length}</span>
            <input type="range" id="version" name="version" min="1" max="${events.length}" value="${shown}" data-live>
          </label>
          <noscript><button>Show</button></noscript>
        </form>
        <div id="history" data-live>
          ${state(foldEvents(orders, events.slice(0, shown)))}
          ${timeline(events, shown)}
        </div>
      </section>
      <aside>
        <p class="card" id="notice" role="status" data-version="${events.length}" hidden>
          This order has changed since you opened the page. <a href="${path}">Show the current order</a></p>
        ${forms(path, order, events.length)}
      </aside>
    </div>`,
  );
}

/** The changes since the version that the person saw, and a form that tries the same change at the current version. */
export function conflictPage(path: string, action: string, fields: object, changes: readonly OrderEvent[]): Html {
  return layout(
    "The order has changed",
    html`<section class="card" id="conflict">
      <p>You saw an earlier version. Since then, this has happened:</p>
      ${timeline(changes)}
      <p>Your own change (${action}) was not made. Do you still want it?</p>
      ${form(`${path}/${action}`, "Yes, try again", undefined, { ...fields, "if-match": changes.at(-1)?.version })}
      <p><a href="${path}">No, show the order</a></p>
    </section>`,
  );
}

function state({ status, address, lines }: Order): Html {
  const nameOf = (item: string): string => catalogue.get(item)?.name ?? item;
  const articles = lines.map(({ item, quantity, price }) => [`${quantity} × ${nameOf(item)}`, money(quantity * price)]);
  return table("", [["Status", badge(status)], ["Address", address], ...articles, ["Total", money(totalOf(lines))]]);
}

/** The events of an order, in order. Those after the shown version are in the future. */
const timeline = (events: readonly OrderEvent[], shown = Number.MAX_SAFE_INTEGER): Html => html`<ol>
  ${events.map(
    ({ eventType, data, version, timestamp }) => html`<li class="${version > shown ? "future" : ""}">
      ${(texts[eventType] as (data: unknown) => string)(data)}
      <small>version ${version} · ${time(timestamp)}</small></li>`,
  )}
</ol>`;

const texts: { readonly [Type in OrderEvent["eventType"]]: (data: DataOf<OrderEvent, Type>) => string } = {
  OrderPlaced: ({ customer }) => `Placed by ${customer}`,
  AddressChanged: ({ address }) => `Address changed to ${address}`,
  PaymentReminderSent: ({ amount }) => `Reminded of the payment of ${money(amount)}`,
  OrderPaid: ({ amount }) => `Paid: ${money(amount)}`,
  OrderShipped: ({ carrier }) => `Shipped with ${carrier}`,
  OrderCancelled: ({ reason }) => `Cancelled: ${reason}`,
};

/** The forms for the changes that the rules allow. Each has the version that the person sees. */
function forms(path: string, { status, address }: Order, version: number): readonly Html[] {
  if (status !== "placed" && status !== "paid") return [html`<p class="card">The order is ${status}.</p>`];
  const change = (action: string, button: string, content?: Html): Html =>
    form(`${path}/${action}`, button, content, { "if-match": version });
  return [
    status === "placed" ? change("pay", "Pay") : change("ship", "Ship", textField("Carrier", "carrier", "DHL")),
    change("address", "Change address", textField("Address", "address", address)),
    change("cancel", "Cancel order", textField("Reason", "reason")),
  ];
}
