import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { repository } from "../src/workspaces/published-packages.ts";

/** Lints files with the settings of the repository and returns the rules that they break. */
function brokenRules(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), "aether-lint-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const settings = readFileSync(join(repository, "biome.json"), "utf8").replaceAll(
    '"./scripts/',
    `"${repository}scripts/`,
  );
  writeFileSync(join(folder, "biome.json"), JSON.stringify({ ...JSON.parse(settings), vcs: { enabled: false } }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const biome = join(repository, "node_modules/@biomejs/biome/bin/biome");
  const { stdout, stderr } = spawnSync(process.execPath, [biome, "lint", folder], { cwd: folder, encoding: "utf8" });
  return [...`${stdout}${stderr}`.matchAll(/^(\S+):\d+:\d+ (\S+) /gm)]
    .map(([, path, rule]) => `${path} ${rule}`)
    .sort();
}

test("files that import each other are rejected, even if one import is a type import", () => {
  const found = brokenRules({
    "packages/sample/src/one.ts": 'import { two } from "./two.ts";\nexport const one: number = two;\n',
    "packages/sample/src/two.ts": 'import type { one } from "./one.ts";\nexport const two: typeof one = 2;\n',
  });
  expect(found).toEqual([
    "packages/sample/src/one.ts lint/suspicious/noImportCycles",
    "packages/sample/src/two.ts lint/suspicious/noImportCycles",
  ]);
});

test("an array that is spread into a call is rejected in the sources of packages", () => {
  const code = "export const max = (all: readonly number[]): number => Math.max(0, ...all);\n";
  expect(brokenRules({ "packages/sample/src/max.ts": code, "packages/sample/test/max.test.ts": code })).toEqual([
    "packages/sample/src/max.ts plugin",
  ]);
});
