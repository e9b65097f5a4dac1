import { randomUUID } from "node:crypto";
import { foldEvents } from "@aether/decider";
import { html } from "hono/html";
import { type Order, type OrderEvent, orders, totalOf } from "../orders/order.ts";
import { badge, type Html, hidden, lines, money } from "./format.ts";
import { layout } from "./layout.ts";
import { timeline } from "./timeline.ts";

/**
 * An order: its state, the forms to change it, and its history with the state at each version.
 * @param shownVersion - version to show in the history
 * @param seenVersion - version that the person saw when the page was opened
 */
export function orderPage(events: readonly OrderEvent[], shownVersion: number, seenVersion: number): Html {
  const { actorId: orderId = "", version = 0 } = events.at(-1) ?? {};
  const order = foldEvents(orders, events);
  const shown = events.findLast((event) => event.version <= shownVersion)?.version ?? version;
  return layout(
    `Order of ${order.customer}`,
    "",
    html`<div class="columns" data-version="${version}">
      <section>
        <h1 id="status" data-live>Order of
          <a href="/customers/${encodeURIComponent(order.customer)}">${order.customer}</a> ${badge(order.status)}</h1>
        <p class="quiet">${orderId}</p>
        <div id="notice" data-live>${seenVersion < version ? notice(orderId) : ""}</div>
        <section class="card history" id="history" data-live>
          <h2>History</h2>
          <form class="slider">
            <label>Version <output>${shown}</output> of ${version}
              <input type="range" name="version" min="1" max="${version}" value="${shown}"></label>
            <noscript><button>Show</button></noscript>
          </form>
          ${events.map((event, index) => stateAt(foldEvents(orders, events.slice(0, index + 1)), event.version, shown))}
          ${timeline(events, shown)}
        </section>
      </section>
      <aside class="actions">${actions(orderId, order, version)}</aside>
    </div>`,
  );
}

/** The state of the order at a version. All states are in the page, so the slider needs no request. */
const stateAt = (state: Order, version: number, shown: number): Html =>
  html`<div class="state" data-state="${version}"${version === shown ? "" : html` hidden`}>
    <dl><div><dt>Status</dt><dd>${badge(state.status)}</dd></div><div><dt>Address</dt><dd>${state.address}</dd></div></dl>
    ${lines(state.lines)}
    <p class="lines sum"><span>Total</span><span>${money(totalOf(state.lines))}</span></p>
  </div>`;

const notice = (orderId: string): Html =>
  html`<p class="notice" role="status">This order has changed since you opened the page.
    <a href="/orders/${orderId}">Show the current order</a></p>`;

/** The forms for the changes that the rules allow. Each has the version that the person sees. */
function actions(orderId: string, { status, address }: Order, version: number): Html {
  if (status !== "placed" && status !== "paid")
    return html`<p class="card quiet">The order is ${status}. Nothing is left to do.</p>`;
  const form = (action: string, title: string, fields: Html): Html =>
    html`<form class="card" id="${action}" method="post" action="/orders/${orderId}/${action}"><h2>${title}</h2>
      ${hidden({ "if-match": version, "idempotency-key": randomUUID() })}${fields}</form>`;
  const carriers = html`<label>Carrier
    <select name="carrier"><option>DHL</option><option>UPS</option></select></label>`;
  const addressField = html`<label>Deliver to
    <input name="address" required maxlength="200" value="${address}"></label>`;
  const reasonField = html`<label>Reason <input name="reason" required maxlength="200" autocomplete="off"></label>`;
  return html`
    ${status === "placed" ? form("pay", "Payment", html`<button>Pay</button>`) : ""}
    ${status === "paid" ? form("ship", "Delivery", html`${carriers}<button>Ship</button>`) : ""}
    ${form("address", "Address", html`${addressField}<button class="second">Change address</button>`)}
    ${form("cancel", "Cancellation", html`${reasonField}<button class="danger">Cancel order</button>`)}`;
}
