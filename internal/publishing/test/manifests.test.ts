import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { repository } from "../src/workspaces/published-packages.ts";

const root = {
  license: "MIT",
  author: "The authors",
  repository: { type: "git", url: "git+https://example.org/owner/project.git" },
  engines: { node: ">=20" },
};
const sound = {
  name: "@aether/sample",
  description: "A package for the tests of this check.",
  keywords: ["event-sourcing", "sample", "test"],
  license: "MIT",
  type: "module",
};

/** Writes a repository with one package and returns its folder and the check to run on it. */
function repositoryWith(manifest: object) {
  const folder = mkdtempSync(join(tmpdir(), "aether-manifests-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "packages/sample/package.json");
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify(root));
  writeFileSync(file, JSON.stringify(manifest));
  const check = (...options: readonly string[]): string => {
    const script = join(repository, "scripts/check-manifests.mjs");
    return spawnSync(process.execPath, [script, ...options, folder], { encoding: "utf8" }).stderr;
  };
  return { file, check };
}

test("missing fields are an offence, until the update writes them after the licence", () => {
  const { file, check } = repositoryWith(sound);
  expect(check()).toContain("incomplete: author, homepage, repository, bugs, engines, publishConfig");
  expect(check("--update")).toBe("");
  expect(check()).toBe("");
  const manifest = JSON.parse(readFileSync(file, "utf8"));
  expect(manifest).toMatchObject({
    ...sound,
    author: "The authors",
    homepage: "https://example.org/owner/project/tree/main/packages/sample#readme",
    repository: { type: "git", url: root.repository.url, directory: "packages/sample" },
    bugs: { url: "https://example.org/owner/project/issues" },
  });
  expect(Object.keys(manifest).slice(3, 5)).toEqual(["license", "author"]);
});

test.each([
  ["a description that is not a sentence", { ...sound, description: "a store" }, "description must be"],
  ["too few keywords", { ...sound, keywords: ["event-sourcing"] }, "keywords must contain"],
])("%s is an offence that the update cannot fix", (_, manifest, offence) => {
  expect(repositoryWith(manifest).check("--update")).toContain(offence);
});
