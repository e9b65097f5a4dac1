import { type Browser, chromium } from "playwright-core";
import { findChromium } from "./find/find-chromium.ts";

/** Options that keep Chromium quiet and on this machine. Only loopback addresses can be reached. */
const args: readonly string[] = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1, EXCLUDE [::1]",
];

/**
 * Starts a Chromium without a display, with an empty profile that is removed when the browser closes. It reaches only
 * loopback addresses. The browser closes with `close()`, with `await using`, and when this process ends.
 *
 * @throws {ChromiumNotFoundError} `CHROMIUM_NOT_FOUND`: no Chromium was found
 * @example
 * ```ts
 * await using browser = await launchChromium();
 * const page = await browser.newPage();
 * ```
 */
export function launchChromium(path: string = findChromium()): Promise<Browser> {
  return chromium.launch({ executablePath: path, headless: true, chromiumSandbox: false, args: [...args] });
}
