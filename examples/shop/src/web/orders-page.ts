import { randomUUID } from "node:crypto";
import { html } from "hono/html";
import { catalogue } from "../orders/catalogue.ts";
import type { OrderSummary } from "../views/orders-by-customer.ts";
import { badge, type Html, hidden, money, time } from "./format.ts";
import { layout } from "./layout.ts";

/** The list of all orders, or of those of a customer, and a form to place one. */
export function ordersPage(orders: readonly OrderSummary[], customer: string | undefined): Html {
  const title = customer === undefined ? "Orders" : `Orders of ${customer}`;
  return layout(
    title,
    customer === undefined ? "/" : "",
    html`<div class="columns">
      <section>
        <header><h1>${title}</h1><a class="button" href="#place">Place an order</a></header>
        <ol class="orders" id="orders" data-live>
          ${orders.length > 0 ? orders.map(row) : html`<li class="empty">There are no orders.</li>`}
        </ol>
      </section>
      <form class="card" id="place" method="post" action="/orders">
        <h2>Place an order</h2>
        ${hidden({ "idempotency-key": randomUUID() })}
        <label>Customer <input name="customer" required maxlength="200" value="${customer ?? ""}"></label>
        <label>Address <input name="address" required maxlength="200" autocomplete="off"></label>
        <fieldset>
          <legend>Articles</legend>
          ${[...catalogue].map(
            ([item, { name, price }]) => html`<label class="article"><span>${name}<small>${money(price)}</small></span>
            <input type="number" name="${item}" min="0" max="1000" value="0" inputmode="numeric"></label>`,
          )}
        </fieldset>
        <button>Place order</button>
      </form>
    </div>`,
  );
}

const row = ({ orderId, customer, status, total, isReminded, placedAt }: OrderSummary): Html =>
  html`<li><a href="/orders/${orderId}">
    <span class="who"><b>${customer}</b><small>${orderId.slice("order-".length)} · ${time(placedAt)}</small></span>
    <span class="states">${isReminded && status === "placed" ? badge("reminded") : ""}${badge(status)}</span>
    <span class="total">${money(total)}</span>
  </a></li>`;
