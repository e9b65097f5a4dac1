import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Result } from "../src/measure.ts";
import { noFindings, readResults, type Section, writeResults } from "../src/results.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "aether-results-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const machine = {
  node: "20.20.2",
  v8: "11.3",
  system: "Linux",
  cpus: 2,
  cpu: "some",
  memoryGigabytes: 8,
  natsServer: "2.15.2",
  packages: {},
};
const section = (seconds: number): Section => ({
  ...noFindings,
  takenOn: "2026-11-24",
  seconds,
  quick: false,
  machine,
});

test("sections of suites that did not run are kept in the file", () => {
  const file = join(folder, "results.json");
  expect(readResults(file)).toEqual({});
  writeResults(file, { retry: section(1), "store-kit": section(2) });
  writeResults(file, { retry: section(3) });
  expect(readResults(file)).toEqual({ retry: section(3), "store-kit": section(2) });
  expect(Object.keys(readResults(file))).toEqual(["store-kit", "retry"]);
});

test("figures are stored with four significant digits", () => {
  const file = join(folder, "results.json");
  writeResults(file, { memory: { ...section(1), figures: [{ name: "a", value: 1.234567, unit: "ms" }] } });
  expect(readResults(file).memory?.figures).toEqual([{ name: "a", value: 1.235, unit: "ms" }]);
});

test("the file begins with the rows of all suites as one list", () => {
  const file = join(folder, "results.json");
  const row = (name: string): Result => ({ name, unit: "ms", ours: 1, baseline: 2, ratio: 0.5, spread: [0.5, 0.5] });
  writeResults(file, { retry: { ...section(1), rows: [row("b")] }, memory: { ...section(2), rows: [row("a")] } });
  writeResults(file, { retry: { ...section(3), rows: [row("c")] } });
  expect(JSON.parse(readFileSync(file, "utf8")).results).toEqual([row("a"), row("c")]);
});
