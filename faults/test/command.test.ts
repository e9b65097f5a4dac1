import { execFile, execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import type { RunReport } from "../src/report/render.ts";

const workspace = fileURLToPath(new URL("..", import.meta.url));

beforeAll(() => {
  const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
  execFileSync(process.execPath, [compiler, "-b"], { cwd: workspace });
}, 120_000);

/** Runs the command until it exits by itself. */
async function faults(...options: readonly string[]): Promise<RunReport> {
  const folder = await mkdtemp(join(tmpdir(), "aether-command-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const json = join(folder, "run.json");
  await promisify(execFile)(process.execPath, ["--expose-gc", "dist/main.js", "--json", json, ...options], {
    cwd: workspace,
  });
  return JSON.parse(await readFile(json, "utf8")) as RunReport;
}

test("a run leaves nothing open that would keep the process alive", async () => {
  const { suites, violations } = await faults("--only", "disk-full", "--minutes", "0.001", "--seed", "7");
  expect(suites.map((suite) => suite.name)).toEqual(["disk-full"]);
  expect(violations).toBe(0);
}, 120_000);

test("a long run that does not reach its minimums in time reports them, fails, and exits", async () => {
  const run = faults("--only", "hostile", "--long", "--minutes", "0.001", "--seed", "7");
  await expect(run).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringMatching(/NOT REACHED: inputs by property, [\d,]+ of 100,000/),
  });
}, 120_000);
