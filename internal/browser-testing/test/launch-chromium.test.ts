import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { type Browser, chromiumForTests, launchChromium, serveFolder } from "../src/index.ts";

const chromium = chromiumForTests();

/** Writes files into a temporary folder, which is removed after the test. */
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "aether-browser-testing-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

describe.skipIf(chromium === undefined)("Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(chromium);
  }, 60_000);
  afterAll(() => browser.close());

  test("runs the scripts of a served page", async () => {
    const page = await browser.newPage();
    const script = "document.title = [1 + 1, crypto.subtle !== undefined].join();";
    const folder = await folderWith({ "index.html": "<script src=main.js></script>", "main.js": script });
    await using site = await serveFolder(folder);
    await page.goto(site.url);
    expect(await page.title()).toBe("2,true");
  });

  test("reaches no other host", async () => {
    const page = await browser.newPage();
    await expect(page.goto("http://example.com/")).rejects.toThrow(/ERR_NAME_NOT_RESOLVED/);
    await expect(page.goto("http://192.0.2.1/")).rejects.toThrow(/ERR_NAME_NOT_RESOLVED/);
  });

  test("reaches a server on localhost", async () => {
    const server = createServer((_, response) => response.end("here"));
    await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
    onTestFinished(() => void server.close());
    const page = await browser.newPage();
    const { port } = server.address() as { port: number };
    await page.goto(`http://localhost:${port}/`);
    expect(await page.textContent("body")).toBe("here");
  });
});

describe("serveFolder", () => {
  const files = {
    "index.html": "home",
    "guide.html": "guide",
    "api/index.html": "api",
    "404.html": "nothing here",
    "v1.2.html": "version",
  };

  test.each([
    ["", 200, "home"],
    ["guide", 200, "guide"],
    ["guide.html?query", 200, "guide"],
    ["api/", 200, "api"],
    ["v1.2", 200, "version"],
    ["missing", 404, "nothing here"],
    ["..%2f..%2fetc/passwd", 404, "nothing here"],
  ])("answers %j with %i %j", async (path, status, text) => {
    await using site = await serveFolder(await folderWith(files), { base: "/aether/" });
    const response = await fetch(new URL(path, site.url));
    expect([response.status, await response.text()]).toEqual([status, text]);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  });

  test("answers paths outside its base with 404", async () => {
    await using site = await serveFolder(await folderWith(files), { base: "/aether/" });
    expect((await fetch(new URL("/guide", site.url))).status).toBe(404);
  });
});
