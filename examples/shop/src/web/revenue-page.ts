import { html } from "hono/html";
import type { Revenue } from "../views/revenue-by-day.ts";
import { type Html, money } from "./format.ts";
import { layout } from "./layout.ts";

/** The revenue of each day, as bars. */
export function revenuePage(days: readonly { readonly id: string; readonly document: Revenue }[]): Html {
  const highest = Math.max(1, ...days.map(({ document }) => document.amount));
  const total = days.reduce((sum, { document }) => sum + document.amount, 0);
  return layout(
    "Revenue",
    "/revenue",
    html`<section>
      <h1>Revenue</h1>
      <div class="card" id="revenue" data-live>
        <p class="figure">${money(total)} <small>in ${days.length} days</small></p>
        <table class="bars">
          <thead><tr><th scope="col">Day</th><th scope="col">Payments</th><th colspan="2">Amount</th></tr></thead>
          <tbody>${days.map(
            ({ id, document: { amount, payments } }) => html`<tr><th scope="row">${id}</th>
            <td>${payments}</td>
            <td><svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
              <rect width="${Math.max(0, (100 * amount) / highest)}" height="1"/></svg></td>
            <td>${money(amount)}</td></tr>`,
          )}</tbody>
        </table>
      </div>
    </section>`,
  );
}
