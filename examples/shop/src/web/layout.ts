import { html } from "hono/html";
import type { Html } from "./format.ts";

const pages = [
  ["/", "Orders"],
  ["/revenue", "Revenue"],
  ["/operations", "Operations"],
] as const;

const current = (isCurrent: boolean): Html | string => (isCurrent ? html` aria-current="page"` : "");

/** A whole page. The script replaces the elements with `data-live` when events are stored. */
export function layout(title: string, path: string, content: Html): Html {
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${title} · Aether Shop</title>
    <link rel="icon" href="/public/icon.svg">
    <link rel="stylesheet" href="/public/shop.css">
    <script src="/public/shop.js" defer></script>
  </head>
  <body>
    <header class="top">
      <a class="brand" href="/"><img src="/public/icon.svg" alt="" width="28" height="28">Aether Shop</a>
      <nav>${pages.map(([href, name]) => html`<a href="${href}"${current(href === path)}>${name}</a>`)}</nav>
      <span id="connection" title="Changes appear by themselves" hidden>live</span>
    </header>
    <main>${content}</main>
  </body>
</html>`;
}

/** A page with a message, such as an error. */
export function messagePage(title: string, message: string): Html {
  return layout(
    title,
    "",
    html`<section class="card narrow"><h1>${title}</h1><p>${message}</p>
    <p><a class="button" href="/">To the orders</a></p></section>`,
  );
}
