import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pages, type Snippet, snippetsOf } from "./documents.ts";
import { examples } from "./examples.ts";

const workspace = fileURLToPath(new URL("..", import.meta.url));
const compiler = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");
// Inside the workspace, so that its dependencies are found.
const cache = join(workspace, "node_modules", ".cache");
let folder: string;
beforeAll(() => {
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, "snippets-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What the compiler says of these snippets, each a module of its own. */
function compile(snippets: readonly Snippet[], into: string): string {
  const target = join(folder, into);
  mkdirSync(target);
  for (const { page, line, file, code } of snippets) {
    const name = page.replaceAll("/", "_");
    const path = join(target, file === undefined ? `${name}_${line}.ts` : join(name, file));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${code}\nexport {};\n`);
  }
  const config = {
    extends: join(workspace, "../../tsconfig.test.base.json"),
    compilerOptions: { noUnusedLocals: false },
    include: ["."],
  };
  writeFileSync(join(target, "tsconfig.json"), JSON.stringify(config));
  try {
    execFileSync(process.execPath, [compiler, "-p", target], { encoding: "utf8", stdio: "pipe" });
    return "";
  } catch (error) {
    return String((error as { stdout?: unknown }).stdout);
  }
}

test("every TypeScript snippet of every page compiles under the strict settings of the project", () => {
  const snippets = pages()
    .flatMap(snippetsOf)
    .filter(({ language }) => language === "ts");
  expect(snippets.length).toBeGreaterThan(5);
  expect(compile(snippets, "all")).toBe("");
}, 60_000);

test("every example of every doc comment compiles, with the imports that it leaves out", () => {
  const all = examples();
  expect(all.length).toBeGreaterThan(100);
  expect(compile(all, "examples")).toBe("");
}, 60_000);

test("a snippet that does not compile is noticed", () => {
  const code = 'import type { Event } from "@aether/core";\nconst event: Event = 7;\n';
  expect(compile([{ page: "bad.md", line: 3, language: "ts", code }], "bad")).toContain("bad.md_3.ts(2,7)");
}, 60_000);

test("snippets that have a file find each other", () => {
  const page = "store.md";
  const one = { page, line: 1, language: "ts", file: "src/one.ts", code: "export const one: number = 1;\n" };
  const test = {
    page,
    line: 5,
    language: "ts",
    file: "test/one.test.ts",
    code: 'import { two } from "../src/one.ts";\n',
  };
  expect(compile([one, test], "files")).toMatch(/store\.md\/test\/one\.test\.ts\(1,10\).*'two'/);
}, 60_000);

test("no snippet is in a language that nobody checks", () => {
  const languages = new Set(
    pages()
      .flatMap(snippetsOf)
      .map(({ language }) => language),
  );
  expect([...languages].filter((language) => !["ts", "sh", "text"].includes(language))).toEqual([]);
});
