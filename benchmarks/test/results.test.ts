import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Result } from "../src/measure.ts";
import { nothing, readResults, type Section, writeResults } from "../src/results.ts";

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
const section = (seconds: number): Section => ({ ...nothing, takenOn: "2026-11-24", seconds, quick: false, machine });

test("suites that were not run stay as they are in the file", () => {
  const file = join(folder, "results.json");
  expect(readResults(file)).toEqual({});
  writeResults(file, { retry: section(1), codec: section(2) });
  writeResults(file, { retry: section(3) });
  expect(readResults(file)).toEqual({ retry: section(3), codec: section(2) });
  expect(Object.keys(readResults(file))).toEqual(["codec", "retry"]);
});

test("figures are kept with four digits", () => {
  const file = join(folder, "results.json");
  writeResults(file, { codec: { ...section(1), figures: [{ name: "a", value: 1.234567, unit: "ms" }] } });
  expect(readResults(file).codec?.figures).toEqual([{ name: "a", value: 1.235, unit: "ms" }]);
});

test("the rows of all suites stand before them, as one list", () => {
  const file = join(folder, "results.json");
  const row = (name: string): Result => ({ name, unit: "ms", ours: 1, baseline: 2, ratio: 0.5, spread: [0.5, 0.5] });
  writeResults(file, { retry: { ...section(1), rows: [row("b")] }, codec: { ...section(2), rows: [row("a")] } });
  writeResults(file, { retry: { ...section(3), rows: [row("c")] } });
  expect(JSON.parse(readFileSync(file, "utf8")).results).toEqual([row("a"), row("c")]);
});
