import { html } from "hono/html";
import { catalogue } from "../orders/catalogue.ts";
import { badge, type Html, time } from "./format.ts";
import { layout } from "./layout.ts";
import type { Operations } from "./operations.ts";

/** The processors with their lag, the parked orders with buttons to continue, and the stock. */
export function operationsPage({ processors, parked, stock }: Operations): Html {
  return layout(
    "Operations",
    "/operations",
    html`<h1>Operations</h1>
    <div id="operations" class="grid" data-live data-every="2000">
      <section class="card">
        <h2>Processors</h2>
        <table>
          <thead><tr><th scope="col">Name</th><th scope="col">Lag, events</th><th scope="col">State</th></tr></thead>
          <tbody>${processors.map(
            (row) => html`<tr><th scope="row">${row.title}</th><td>${row.lag}</td>
            <td title="${row.progress?.failure ?? ""}">${badgeOf(row)}</td></tr>`,
          )}</tbody>
        </table>
      </section>
      <section class="card">
        <h2>Stock</h2>
        ${stock.map(
          ({ item, available }) => html`<form class="line" method="post" action="/stock/${item}">
          <span>${catalogue.get(item)?.name}<small>${available} available</small></span>
          <input type="hidden" name="quantity" value="10"><button class="second">Receive 10</button></form>`,
        )}
      </section>
      <section class="card wide">
        <h2>Parked orders</h2>
        ${parked.length === 0 ? html`<p class="quiet">None. An order is parked if it is out of stock.</p>` : ""}
        ${parked.map(
          ({ actorId, error, parkedAt, request }) => html`<form class="line" method="post" action="/parked/${actorId}">
          <span><a href="/orders/${actorId}">${actorId}</a><small>${error.message} · ${time(parkedAt)}</small></span>
          ${request === null ? "" : badge("placed", `${request} requested`)}
          <button name="request" value="retry">Retry</button>
          <button name="request" value="discard" class="second">Skip</button></form>`,
        )}
      </section>
    </div>`,
  );
}

function badgeOf({ progress, lag }: Operations["processors"][number]): Html {
  if (progress === undefined) return badge("cancelled", "not started");
  if (progress.failure !== undefined) return badge("cancelled", "failed");
  return lag > 0 ? badge("placed", "catching up") : badge("paid", "current");
}
