import {
  type Browser,
  type BrowserContext,
  chromiumForTests,
  launchChromium,
  type Page,
} from "@aether/browser-testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { listen } from "../src/run/listen.ts";
import { addSampleData } from "../src/run/sample-data.ts";
import { openTestShop, type TestShop } from "./support/test-shop.ts";

const chromium = chromiumForTests();

describe.skipIf(chromium === undefined)("the pages in a browser", () => {
  let browser: Browser;
  let shop: TestShop;
  let server: Awaited<ReturnType<typeof listen>>;
  let context: BrowserContext;
  const problems: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium(chromium);
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    problems.length = 0;
    shop = await openTestShop();
    server = await listen(shop.app, 0);
    context = await browser.newContext();
  });
  afterEach(async () => {
    await context.close();
    await shop[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
    expect(problems).toEqual([]);
  });

  /** Opens a page in a tab of its own. */
  async function open(path: string): Promise<Page> {
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("console", (message) => {
      if (/Content Security Policy|TypeError/.test(message.text())) problems.push(message.text());
    });
    await page.goto(new URL(path, server.url).href);
    return page;
  }

  /** Places an order of lamps on the page. */
  async function place(page: Page, customer: string): Promise<void> {
    await page.fill("#place [name=customer]", customer);
    await page.fill("#place [name=address]", "London");
    await page.fill("#place [name=lamp]", "2");
    await page.click("#place button");
  }

  test("a person places, pays and ships an order, while another one watches", async () => {
    const [mine, watching] = [await open("/"), await open("/")];
    await place(mine, "Ada Byron");
    await mine.waitForSelector("#orders >> text=Ada Byron"); // the page after the form includes the order
    await watching.waitForSelector("#orders >> text=Ada Byron");
    await mine.click("#orders td a");
    await mine.click("[action$=pay] button");
    await mine.waitForSelector("#status >> text=paid");
    await watching.waitForSelector("#orders >> text=paid");
    await mine.fill("[action$=ship] [name=carrier]", "UPS");
    await mine.click("[action$=ship] button");
    await mine.waitForSelector("text=Shipped with UPS");
    await watching.waitForSelector("#orders >> text=shipped");
    await watching.goto(new URL("/revenue", server.url).href);
    expect(await watching.textContent("#revenue caption")).toContain("€98.00");
  });

  test("two tabs change the same order: the second one sees the conflict, and tries again", async () => {
    await place(await open("/"), "Grace");
    const one = await open("/customers/Grace");
    await one.click("#orders td a");
    const other = await open(new URL(one.url()).pathname);
    await one.fill("[action$=address] [name=address]", "Paris");
    await one.click("[action$=address] button");
    await one.waitForSelector("text=Address changed to Paris");
    await other.waitForSelector("#notice >> text=has changed since you opened the page");
    await other.click("[action$=pay] button");
    await other.waitForSelector("#conflict >> text=Address changed to Paris");
    await other.click("#conflict button");
    await other.waitForSelector("#status >> text=paid");
    await one.waitForSelector("#status >> text=paid");
  });

  test("the slider moves through the states of an order", async () => {
    await addSampleData(shop.shop.store);
    await shop.shop.ordersByCustomer.drain();
    const page = await open("/");
    await page.click("#orders tr:last-child a");
    const slider = page.locator("#version");
    await page.waitForSelector("#history .shipped");
    await slider.fill("1");
    await page.waitForSelector("#history .placed");
    expect(await page.locator(".future").count()).toBe(3);
    expect(await page.locator("#shown").textContent()).toBe("Version 1 of 4");
    await slider.press("ArrowRight");
    await page.waitForSelector("#history .paid");
    await page.reload(); // the server renders the version in the address, for browsers without a script
    await page.waitForSelector("#history .paid");
  });

  test("an operator sees a parked order, receives goods and retries", async () => {
    await shop.call("/orders", { customer: "Ada", address: "London", rug: 1 });
    const page = await open("/operations");
    await page.waitForSelector("text=stock-rug: 1 wanted, 0 available");
    await page.click('[action="/stock/rug"] button');
    await page.waitForSelector("text=10 available");
    await page.click("text=Retry");
    await page.waitForSelector("text=Parked orders: 0");
    await page.waitForSelector("text=9 available");
  });

  test.each([390, 1440])("no page is wider than a screen of %i pixels", async (width) => {
    await addSampleData(shop.shop.store);
    await shop.shop.ordersByCustomer.drain();
    const page = await open("/");
    await page.setViewportSize({ width, height: 800 });
    const order = await page.getAttribute("#orders td a", "href");
    for (const path of ["/", order ?? "", "/revenue", "/operations", "/nothing"]) {
      await page.goto(new URL(path, server.url).href);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
  });
});
