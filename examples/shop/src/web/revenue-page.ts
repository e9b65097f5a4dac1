import type { ProjectedDocument } from "@aether/projections";
import { html } from "hono/html";
import type { Revenue } from "../views/revenue-by-day.ts";
import { type Html, layout, money, table } from "./html.ts";

export function revenuePage(days: readonly ProjectedDocument<Revenue>[]): Html {
  const amounts = days.map(({ document }) => document.amount);
  const total = amounts.reduce((sum, amount) => sum + amount, 0);
  const rows = days.map(({ id, document: { amount, payments } }) => [
    html`${id}<small>payments: ${payments}</small>`,
    html`<meter max="${Math.max(1, ...amounts)}" value="${amount}"></meter>`,
    money(amount),
  ]);
  const caption = `${money(total)} in ${days.length} days`;
  return layout("Revenue", html`<section class="card" id="revenue" data-live>${table(caption, rows)}</section>`);
}
