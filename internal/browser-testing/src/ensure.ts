#!/usr/bin/env node
/** Finds or installs Chromium and prints its path. A build can run this as a separate step before the tests. */
import { ensureChromium } from "./find/ensure-chromium.ts";

try {
  process.stdout.write(`${await ensureChromium()}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
