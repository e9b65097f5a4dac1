import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createProject, FolderError, type Kind, type Runner } from "../src/index.ts";
import { tools } from "../src/package-manifest.ts";

let parent: string;
let folder: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "create-store-"));
  folder = join(parent, "new");
});
afterEach(() => rmSync(parent, { recursive: true }));

const create = (into: string = folder, runner: Runner = "vitest", kind?: Kind) =>
  createProject({ folder: into, packageName: "@acme/redis-store", runner, kind });
const read = (file: string): string => readFileSync(join(folder, file), "utf8");
const filesIn = (of: string): readonly string[] =>
  readdirSync(of, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(of.length + 1))
    .sort();

describe("a new project", () => {
  test("contains a skeleton, the test suite, a changeset and CI", () => {
    const project = create();
    expect(project).toEqual({ folder, files: filesIn(folder) });
    expect(project.files).toEqual([
      ".changeset/config.json",
      ".changeset/first-release.md",
      ".github/workflows/ci.yml",
      ".github/workflows/release.yml",
      ".gitignore",
      "README.md",
      "package.json",
      "src/index.ts",
      "src/redis-event-store.ts",
      "test/redis-event-store.test.ts",
      "test/store-process.mjs",
      "tsconfig.build.json",
      "tsconfig.json",
    ]);
  });

  test.each(["vitest", "node"] as const)("uses its own names everywhere, with %s", (runner) => {
    const { files } = create(folder, runner);
    for (const file of files) expect(read(file)).not.toMatch(/\bmy-?(event-?)?store|my-package/i);
    expect(JSON.parse(read("package.json")).name).toBe("@acme/redis-store");
    expect(read(".changeset/first-release.md")).toContain('"@acme/redis-store": minor');
    expect(read("src/index.ts")).toBe(
      'export { RedisEventStore, redisStoreSupports } from "./redis-event-store.ts";\n',
    );
    expect(read("test/redis-event-store.test.ts")).toContain(runner === "node" ? '"node:test"' : '"vitest"');
    expect("vitest" in JSON.parse(read("package.json")).devDependencies).toBe(runner === "vitest");
  });

  test.each(["vitest", "node"] as const)("of a document store uses its own names everywhere, with %s", (runner) => {
    const { files } = create(folder, runner, "documents");
    expect(files).toContain("src/redis-document-store.ts");
    expect(files).toContain("test/redis-document-store.test.ts");
    for (const file of files)
      expect(read(file)).not.toMatch(/\bmy-?(document-?)?store|my-package|example\.org|event store/i);
    expect(read("README.md")).toMatch(/writing-a-document-store\.md\)/);
    expect(read("src/index.ts")).toBe(
      'export { RedisDocumentStore, redisDocumentStoreSupports } from "./redis-document-store.ts";\n',
    );
  });

  test("has workflows that run only its own scripts", () => {
    create();
    const { scripts } = JSON.parse(read("package.json"));
    for (const file of ["ci.yml", "release.yml"]) {
      const text = read(`.github/workflows/${file}`);
      for (const [, script = ""] of text.matchAll(/npm run (\S+)/g)) expect(Object.keys(scripts)).toContain(script);
    }
  });

  test("has the tools that Aether uses, in the same versions", () => {
    const root = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
    const pinned = Object.keys(tools).map((name) => [name, `^${root.devDependencies[name]}`]);
    expect(tools).toEqual(Object.fromEntries(pinned));
  });
});

describe("the folder", () => {
  test("is created, with its parent folders", () => {
    const deep = join(parent, "a", "b");
    expect(create(deep).files).toEqual(filesIn(deep));
  });

  test("may exist if it contains only a Git repository", () => {
    mkdirSync(join(folder, ".git"), { recursive: true });
    create();
    expect(() => create()).toThrow(FolderError);
  });

  test("may be a link to an empty folder", () => {
    mkdirSync(join(parent, "target"));
    symlinkSync(join(parent, "target"), folder);
    create();
    expect(filesIn(join(parent, "target"))).toContain("package.json");
  });

  test("is not changed if it is not empty", () => {
    mkdirSync(folder);
    for (const name of ["README.md", "b", "c", "d\u001b"]) writeFileSync(join(folder, name), "mine");
    expect(() => create()).toThrow(/is not empty \("README.md", "b", "c", \.\.\.\)/);
    expect(filesIn(folder)).toEqual(["README.md", "b", "c", "d\u001b"]);
    expect(read("README.md")).toBe("mine");
  });

  test.each([
    ["a file", () => writeFileSync(folder, "mine")],
    ["a broken link", () => symlinkSync(join(parent, "nowhere"), folder)],
    ["a link to itself", () => symlinkSync(folder, folder)],
    ["inside a file", () => writeFileSync(join(parent, "file"), "mine"), () => join(parent, "file", "new")],
  ])("is rejected if it is %s", (_, make, target = () => folder) => {
    make();
    expect(() => create(target())).toThrow(FolderError);
    expect(filesIn(parent).filter((file) => file.includes("package.json"))).toEqual([]);
  });
});
