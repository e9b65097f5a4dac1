import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { busCases, storeCases } from "../src/index.ts";

const folder = fileURLToPath(new URL("node-test/", import.meta.url));

/** Runs a test file with node:test in a separate process. */
async function runNodeTest(file: string): Promise<{ readonly exitCode: number; readonly output: string }> {
  const args = ["--conditions=@aether/source", "--import=./load-typescript.mjs", "--test-reporter=tap", file];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 24 }, (_, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

test("with node:test, a correct store passes every case", async () => {
  const { exitCode, output } = await runNodeTest("correct-store.ts");
  expect(output).toContain(`# tests ${storeCases.length}\n`);
  expect(output).toContain(`# pass ${storeCases.length}\n`);
  expect(exitCode).toBe(0);
}, 60_000);

test("with node:test, a broken store fails, and the report names the broken guarantee", async () => {
  const { exitCode, output } = await runNodeTest("broken-store.ts");
  expect(exitCode).toBe(1);
  expect(output).toContain("not ok 1 - a version up to the latest is rejected with a conflict");
  expect(output).toContain("saveEvent rejects a version up to the latest with VersionConflictError");
  expect(output).toMatch(/expected:\s+code: 'AETHER_VERSION_CONFLICT'/);
  expect(output).toMatch(/actual:\s+resolvedTo:/);
  expect(output).toContain("ok 1 - store.supports equals the public manifest");
}, 60_000);

test("with node:test, a correct bus passes every case, on one bus and between two", async () => {
  const { exitCode, output } = await runNodeTest("correct-bus.ts");
  const count = busCases.reduce((sum, { setups }) => sum + setups.length, 0);
  expect(output).toContain(`# pass ${count}\n`);
  expect(output).toContain("# fail 0\n");
  expect(exitCode).toBe(0);
}, 60_000);

test("with node:test, a broken bus fails, and the report names the broken guarantee", async () => {
  const { exitCode, output } = await runNodeTest("broken-bus.ts");
  expect(exitCode).toBe(1);
  expect(output).toMatch(/not ok \d+ - every event arrives once and unchanged/);
  expect(output).toContain("a loop gets the events as they were published");
  expect(output).toMatch(/\n +ok \d+ - publishing without subscribers succeeds/);
}, 60_000);
