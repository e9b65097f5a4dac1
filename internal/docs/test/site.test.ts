import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import {
  type Browser,
  chromiumForTests,
  type FolderServer,
  launchChromium,
  type Page,
  serveFolder,
} from "@aether/browser-testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../src/repository.ts";
import { addressOf } from "../src/site/addresses.ts";
import { entries, packages } from "../src/site/contents.ts";
import { type BuiltSite, buildTemporarySite } from "./support/site.ts";

let site: BuiltSite;
beforeAll(async () => {
  site = await buildTemporarySite();
}, 300_000);
afterAll(() => site.remove());

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };
const textOf = (html: string): string => html.replace(/&(#?\w+);/g, (all, name: string) => entities[name] ?? all);

/** Lists the links and resources of a page that are on the site, as paths with an optional anchor. */
function internalTargets(html: string): readonly string[] {
  const targets = [...html.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, target = ""]) => decodeURI(textOf(target)));
  return targets.filter((target) => !/^(?:https:|data:|mailto:)/.test(target));
}

/** Returns the targets that do not exist, or whose anchor does not exist. */
function broken(address: string, targets: readonly string[]): readonly string[] {
  return targets.filter((target) => {
    const [path = "", anchor = ""] = target.split("#");
    if (path !== "" && !path.startsWith(site.base)) return true;
    const to = path === "" ? address : path.slice(site.base.length);
    const html = site.pages.get(to);
    if (html === undefined) return !/\.\w+$/.test(to) || !existsSync(join(site.folder, to));
    return anchor !== "" && !html.includes(` id="${anchor}"`);
  });
}

test("the contents list every page of docs and every package, and the site has no other pages", () => {
  const listed = entries.map(({ path }) => path);
  const documents = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file));
  expect(documents.filter((path) => !listed.includes(path))).toEqual([]);
  expect([...packages].sort()).toEqual(readdirSync(join(root, "packages")).sort());
  const expected = [...listed.map((path) => addressOf(path).slice(1)), ...packages.map((name) => `api/${name}`), "404"];
  expect([...site.pages.keys()].sort()).toEqual(expected.sort());
});

test("every link of every page leads to an existing page and anchor", () => {
  const found = [...site.pages].flatMap(([address, html]) =>
    broken(address, internalTargets(html)).map((target) => `${address}: ${target}`),
  );
  expect(found).toEqual([]);
});

test("a broken link is found", () => {
  const page =
    '<a href="/aether/errors#nothing"></a><a href="/aether/testing"></a><img src="/aether/no.svg"><a href="x">';
  expect(broken("", internalTargets(page))).toEqual(["/aether/errors#nothing", "/aether/no.svg", "x"]);
});

test("no page loads a script, style, font or picture from another host", () => {
  const loaded = /<(?:script|img|source|link)\b(?![^>]*rel="canonical")[^>]*\s(?:href|src|srcset)="https?:/;
  expect([...site.pages].filter(([, html]) => loaded.test(html)).map(([address]) => address)).toEqual([]);
});

test("every page has a title, a description and a preview for links to it", () => {
  const content = (html: string, name: string): string =>
    textOf(new RegExp(`<meta (?:name|property)="${name}" content="([^"]*)"`).exec(html)?.[1] ?? "");
  const titles = new Map<string, string>();
  for (const [address, html] of site.pages) {
    if (address === "404") continue;
    expect(content(html, "description"), address).toMatch(/^.{40,160}$/);
    expect(content(html, "og:description"), address).toBe(content(html, "description"));
    expect(content(html, "og:url"), address).toBe(`https://docs.example.org/aether/${address}`);
    const title = content(html, "og:title");
    expect(title, address).not.toBe("");
    expect(titles.get(title), `${address} has a title of its own`).toBeUndefined();
    titles.set(title, address);
  }
});

test("the file name of a block of code is above the block, once", () => {
  const html = site.pages.get("getting-started") ?? "";
  expect(html).toContain('<p class="file-name">order-event.ts</p>');
  expect(html).not.toContain("<strong><code>order-event.ts</code></strong>");
});

test("a guide has links to its source and to its neighbours", () => {
  const html = site.pages.get("read-models") ?? "";
  const linkWith = (name: string): string | undefined =>
    [...html.matchAll(/<a\b[^>]*>/g)].map(([tag]) => tag).find((tag) => tag.includes(name));
  expect(linkWith("edit-link-button")).toContain("/edit/main/docs/read-models.md");
  expect(linkWith("pager-link prev")).toContain('href="/aether/reading-everything"');
  expect(linkWith("pager-link next")).toContain('href="/aether/reacting-to-events"');
});

const chromium = chromiumForTests();
describe.skipIf(chromium === undefined)("in a browser", () => {
  let browser: Browser;
  let server: FolderServer;
  let searchPage: Page;
  beforeAll(async () => {
    server = await serveFolder(site.folder, { base: site.base });
    browser = await launchChromium(chromium);
    searchPage = await browser.newPage();
    await searchPage.goto(server.url);
    await searchPage.locator("#local-search button").click();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  /** Opens pages as a phone and as a desktop, and lists everything that is wrong with them. */
  async function faultsOf(addresses: readonly string[], javaScriptEnabled: boolean): Promise<readonly string[]> {
    const faults: string[] = [];
    const page = await browser.newPage({ javaScriptEnabled });
    page.on("console", (message) => message.type() === "error" && faults.push(`${page.url()}: ${message.text()}`));
    page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
    page.on("response", (response) => response.ok() || faults.push(`${response.status()} ${response.url()}`));
    for (const address of addresses) {
      await page.goto(new URL(address, server.url).href);
      for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        faults.push(...(await page.evaluate(findFaults)).map((fault) => `${address} at ${width} px: ${fault}`));
      }
    }
    await page.close();
    return faults;
  }

  // Without scripts, a page needs a third of the time, and has the same layout.
  test("no page is wider than a phone or a desktop, and code is complete on a desktop", async () => {
    const all = [...site.pages.keys()].filter((address) => address !== "404");
    const halves = [all.filter((_, index) => index % 2 === 0), all.filter((_, index) => index % 2 === 1)];
    const faults = await Promise.all(halves.map((addresses) => faultsOf(addresses, false)));
    expect(faults.flat()).toEqual([]);
  }, 120_000);

  test("the scripts of a page of each kind run without an error, and do not change the layout", async () => {
    const addresses = [
      "",
      "getting-started",
      "operations/",
      "benchmarks",
      "packages/core",
      "api/retry",
      "contributing",
    ];
    expect(await faultsOf(addresses, true)).toEqual([]);
  }, 60_000);

  test("a page that is too wide, and code that is cut, are found", async () => {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const code = '<div class="vp-doc"><pre style="width: 90px">a long line of code</pre></div>';
    await page.setContent(`<!doctype html><p style="width: 2000px">wide</p>${code}`);
    expect(await page.evaluate(findFaults)).toEqual([
      "the page is 2008 px wide",
      "code is cut: a long line of code",
      "does not scroll: a long line of code",
    ]);
    await page.close();
  });

  test.each([
    ["read model", "read-models"],
    ["projection", "read-models"],
    ["idempotency", "idempotent-commands"],
    ["gdpr", "personal-data"],
    ["list actors", "reading-everything"],
    ["outcome unknown", "errors"],
    ["AETHER_STREAM_RESET", "errors"],
    ["version conflict", "conflicts-and-retries"],
    ["aggregate", "events-actors-and-versions"],
    ["saga", "reacting-to-events"],
    ["permissions", "operations/permissions"],
    ["backup", "operations/backup"],
    ["schema change", "changing-events"],
    ["opentelemetry", "tracing"],
    ["kubernetes", "operations/deployment"],
    ["install", "getting-started"],
  ])("the search for %j finds the page %j first", async (query, address) => {
    const [first = ""] = await search(query);
    expect(first.split("#")).toContain(site.base + address);
  });

  test("the search for an export finds it in the API reference", async () => {
    const found = await search("RetryQueue");
    expect(found.some((link) => link.startsWith(`${site.base}api/retry#retryqueue`))).toBe(true);
  });

  /** Types a query into the search of the site and returns the links in the list of results. */
  async function search(query: string): Promise<readonly string[]> {
    const field = searchPage.locator("#localsearch-input");
    const links = searchPage.locator("#localsearch-list a");
    await field.fill("");
    await links.first().waitFor({ state: "detached" });
    await field.fill(query);
    await links.first().waitFor();
    return links.evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
  }

  test("follows the colour scheme of the system, and a switch overrides it", async () => {
    const background = () => getComputedStyle(document.body).backgroundColor;
    const page = await browser.newPage({ colorScheme: "dark", viewport: { width: 1440, height: 900 } });
    await page.goto(new URL("benchmarks", server.url).href);
    const dark = await page.evaluate(background);
    expect(await page.locator(".chart .only-dark").first().isVisible()).toBe(true);
    expect(await page.locator(".chart .only-light").first().isVisible()).toBe(false);
    await page.locator(".VPNavBarAppearance .VPSwitchAppearance").click();
    await page.locator(".chart .only-light").first().waitFor();
    expect(await page.evaluate(background)).not.toBe(dark);
    await page.close();
  });
});

/** Runs in the browser: lists everything that is wrong with the layout of the page at the present width. */
function findFaults(): string[] {
  const faults: string[] = [];
  const { clientWidth, scrollWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`the page is ${scrollWidth} px wide`);
  for (const block of document.querySelectorAll<HTMLElement>(".vp-doc pre, .vp-doc table, .vp-doc .chart")) {
    if (block.scrollWidth <= block.clientWidth) continue;
    const name = block.textContent?.trim().slice(0, 40);
    if (clientWidth > 1000 && block.tagName === "PRE") faults.push(`code is cut: ${name}`);
    if (getComputedStyle(block).overflowX !== "auto") faults.push(`does not scroll: ${name}`);
  }
  for (const { complete, naturalWidth, src } of document.images) {
    if (complete && naturalWidth === 0) faults.push(`picture is missing: ${src}`);
  }
  return faults;
}
