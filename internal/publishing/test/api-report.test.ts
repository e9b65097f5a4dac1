import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { reportApi } from "../src/api/api-report.ts";
import type { PublishedPackage } from "../src/workspaces/published-packages.ts";

async function packageWith(declarations: string): Promise<PublishedPackage> {
  const folder = await mkdtemp(join(tmpdir(), "aether-api-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const manifest = { name: "@aether/sample", version: "1.0.0" };
  await writeFile(join(folder, "package.json"), JSON.stringify({ ...manifest, types: "./dist/index.d.ts" }));
  await mkdir(join(folder, "dist"));
  await writeFile(join(folder, "dist", "index.d.ts"), declarations);
  return { folder, manifest };
}

test("changed exports differ from the committed report until the report is updated", async () => {
  const sample = await packageWith("export declare function save(id: string): void;\n");
  const index = join(sample.folder, "dist", "index.d.ts");
  expect(await reportApi(sample, { update: true })).toMatchObject({ file: "sample.api.md", errors: [] });
  expect(await reportApi(sample, { update: false })).toMatchObject({ changed: false });

  await writeFile(index, "export declare function save(id: string, version: number): void;\n");
  expect(await reportApi(sample, { update: false })).toMatchObject({ changed: true });
  expect(await readFile(join(sample.folder, "sample.api.md"), "utf8")).not.toContain("version");

  await reportApi(sample, { update: true });
  expect(await readFile(join(sample.folder, "sample.api.md"), "utf8")).toContain("version: number");
  expect(await reportApi(sample, { update: false })).toMatchObject({ changed: false });
});

test("a missing report counts as a difference", async () => {
  const sample = await packageWith("export declare const answer: 42;\n");
  expect(await reportApi(sample, { update: false })).toMatchObject({ changed: true });
});

test("declarations that do not compile are an error", async () => {
  const sample = await packageWith("export declare const answer: Array<number, string>;\n");
  expect((await reportApi(sample, { update: true })).errors.join()).toContain("TS2314");
});
