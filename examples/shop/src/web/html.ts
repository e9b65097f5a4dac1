import { randomUUID } from "node:crypto";
import { html } from "hono/html";

/** A part of a page. Values in it are escaped. */
export type Html = ReturnType<typeof html>;

const pages = Object.entries({ "/": "Orders", "/revenue": "Revenue", "/operations": "Operations" });

/** A whole page. The script replaces the elements with `data-live` when events are stored. */
export const layout = (title: string, content: Html): Html => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · Aether Shop</title>
    <link rel="icon" href="/public/icon.svg">
    <link rel="stylesheet" href="/public/shop.css">
    <script type="module" src="/public/shop.js"></script>
  </head>
  <body>
    <nav>
      <b>Aether Shop</b>
      ${pages.map(([path, name]) => html`<a href="${path}" ${name === title ? "aria-current=page" : ""}>${name}</a>`)}
    </nav>
    <main><h1>${title}</h1>${content}</main>
  </body>
</html>`;

export const table = (caption: Html | string, rows: readonly (readonly unknown[])[]): Html => html`<table>
  <caption>${caption}</caption>
  ${rows.map((cells) => html`<tr>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`)}
</table>`;

/** A form that changes an order. It has a key, so it is carried out once, even if the browser sends it twice. */
export function form(action: string, button: string, content: unknown, hidden: object = {}): Html {
  const values = Object.entries({ ...hidden, "idempotency-key": randomUUID() });
  return html`<form class="card" method="post" action="${action}">
    ${values.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
    ${content}
    <button>${button}</button>
  </form>`;
}

export const textField = (label: string, name: string, value = ""): Html =>
  html`<label>${label} <input name="${name}" required maxlength="200" value="${value}"></label>`;

export const badge = (status: string): Html => html`<span class="badge ${status}">${status}</span>`;

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });
export const money = (cents: number): string => euros.format(cents / 100);

const times = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });
export const time = (timestamp: string): string => times.format(new Date(timestamp));
