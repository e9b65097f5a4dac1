import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { catalogue } from "../orders/catalogue.ts";
import type { OrderLine } from "../orders/order.ts";

const nameOf = (item: string): string => catalogue.get(item)?.name ?? item;

/** A part of a page. Values in it are escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });
const times = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  timeZone: "UTC",
});

export const money = (cents: number): string => euros.format(cents / 100);

export const time = (timestamp: string): Html =>
  html`<time datetime="${timestamp}" title="${timestamp}">${times.format(new Date(timestamp))}</time>`;

export const badge = (kind: string, text: string = kind): Html => html`<span class="badge ${kind}">${text}</span>`;

/** Fields of a form that the person does not see. */
export const hidden = (fields: Readonly<Record<string, unknown>>): Html =>
  html`${Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${String(value)}">`,
  )}`;

export const lines = (ordered: readonly OrderLine[]): Html =>
  html`<ul class="lines">${ordered.map(
    ({ item, quantity, price }) =>
      html`<li><span>${quantity} × ${nameOf(item)}</span><span>${money(quantity * price)}</span></li>`,
  )}</ul>`;
