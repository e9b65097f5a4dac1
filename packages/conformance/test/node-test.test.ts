import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { busCases, storeCases } from "../src/index.ts";

const folder = fileURLToPath(new URL("node-test/", import.meta.url));

/** Runs a file of tests under node:test, in a process of its own. */
async function runNodeTest(file: string): Promise<{ readonly exitCode: number; readonly output: string }> {
  const args = ["--conditions=@aether/source", "--import=./load-typescript.mjs", "--test-reporter=tap", file];
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 24 }, (_, stdout, stderr) => {
      resolve({ exitCode: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

test("under node:test a correct store passes every case", async () => {
  const { exitCode, output } = await runNodeTest("correct-store.ts");
  expect(output).toContain(`# tests ${storeCases.length}\n`);
  expect(output).toContain(`# pass ${storeCases.length}\n`);
  expect(exitCode).toBe(0);
}, 60_000);

test("under node:test a broken store fails, and the report says which promise it broke", async () => {
  const { exitCode, output } = await runNodeTest("broken-store.ts");
  expect(exitCode).toBe(1);
  expect(output).toContain("not ok 1 - a version that is not greater than the latest is a conflict");
  expect(output).toContain("a version up to the latest is a VersionConflictError");
  expect(output).toMatch(/expected:\s+code: 'AETHER_VERSION_CONFLICT'/);
  expect(output).toMatch(/actual:\s+resolvedTo:/);
  expect(output).toContain("ok 1 - the store's manifest is the public one");
}, 60_000);

test("under node:test a correct bus passes every case, on one bus and between two", async () => {
  const { exitCode, output } = await runNodeTest("correct-bus.ts");
  const count = busCases.reduce((sum, { setups }) => sum + setups.length, 0);
  expect(output).toContain(`# pass ${count}\n`);
  expect(output).toContain("# fail 0\n");
  expect(exitCode).toBe(0);
}, 60_000);

test("under node:test a broken bus fails, and the report says which promise it broke", async () => {
  const { exitCode, output } = await runNodeTest("broken-bus.ts");
  expect(exitCode).toBe(1);
  expect(output).toMatch(/not ok \d+ - every event arrives once, as it was published/);
  expect(output).toContain("what arrives is what was published");
  expect(output).toMatch(/\n +ok \d+ - nobody needs to listen/);
}, 60_000);
