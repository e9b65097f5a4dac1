import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { launchChromium, serveFolder } from "@aether/browser-testing";
import { rolldown } from "rolldown";
import type { Application } from "./application.ts";
import { check } from "./check.ts";
import type { Outcome } from "./table.ts";

/** Columns of the table, and the programs of the page. */
const programs = [
  { column: "memory", program: "memory" },
  { column: "NATS over WebSocket", program: "nats" },
];

/** Bundles the program of the page, and runs it in Chromium. `webSocketUrl` is the URL of the nats-server. */
export async function checkBrowser({ folder }: Application, webSocketUrl: string): Promise<readonly Outcome[]> {
  const page = join(folder, "page");
  await mkdir(page);
  await writeFile(
    join(page, "index.html"),
    '<!doctype html><title>running</title><script type="module" src="/bundle.js"></script>',
  );
  const bundle = await rolldown({ input: join(folder, "programs", "browser.js"), platform: "browser", cwd: folder });
  await bundle.write({ file: join(page, "bundle.js") });
  await bundle.close();

  await using site = await serveFolder(page);
  await using browser = await launchChromium();
  const outcomes: Outcome[] = [];
  for (const { column, program } of programs) {
    const run = async (): Promise<void> => {
      const tab = await browser.newPage();
      await tab.goto(`${site.url}?program=${program}&servers=${encodeURIComponent(webSocketUrl)}`);
      await tab.waitForFunction('document.title !== "running"', undefined, { timeout: 60_000 });
      const title = await tab.title();
      await tab.close();
      if (title !== "done") throw new Error(title);
    };
    outcomes.push(await check(`Chromium ${browser.version()}`, column, run));
  }
  return outcomes;
}
