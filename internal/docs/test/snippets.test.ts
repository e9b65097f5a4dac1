import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { root } from "../src/repository.ts";
import { compiler } from "./support/compiler.ts";
import { pages, type Snippet, snippetsOf } from "./support/documents.ts";
import { examples } from "./support/examples.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

const folder = scratchFolder("snippets");

/** Compiles each snippet as a separate module and returns the compiler's output, which is empty without errors. */
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
    extends: join(root, "tsconfig.test.base.json"),
    compilerOptions: { noUnusedLocals: false },
    // The types of Node.js 20 lack this module.
    include: [".", join(root, "internal/docs/test/support/node-sqlite.d.ts")],
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

test("every example of every doc comment compiles once its missing imports are added", () => {
  const all = examples();
  expect(all.length).toBeGreaterThan(50);
  expect(compile(all, "examples")).toBe("");
}, 60_000);

test("a snippet that does not compile is reported with its page and line", () => {
  const code = 'import type { Event } from "@aether/core";\nconst event: Event = 7;\n';
  expect(compile([{ page: "bad.md", line: 3, language: "ts", code }], "bad")).toContain("bad.md_3.ts(2,7)");
}, 60_000);

test("snippets with a file name can import each other", () => {
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

test("every JSON snippet is valid JSON, and every YAML snippet is valid YAML", () => {
  for (const { language, code } of pages().flatMap(snippetsOf)) {
    if (language === "json") JSON.parse(code);
    if (language === "yaml") parse(code);
  }
});

test("the page shows the name of a file above its snippet", () => {
  const unnamed = pages().flatMap(({ path, text }) =>
    [...text.matchAll(/(?:^\*\*`(\S+)`\*\*\n\n)?^```\w+ file=(\S+)$/gm)]
      .filter(([, shown, file]) => shown !== file)
      .map(([, , file]) => `${path}: ${file}`),
  );
  expect(unnamed).toEqual([]);
});

test("every snippet is in a language that a test checks, or in sh, text or mermaid", () => {
  // The tests of an example check that a file on a page is identical to the file that they run.
  const isRun = ({ language, file }: { readonly language: string; readonly file?: string }) =>
    language === "js" && file !== undefined;
  const languages = new Set(
    pages()
      .flatMap(snippetsOf)
      .filter((snippet) => !isRun(snippet))
      .map(({ language }) => language),
  );
  const known = ["ts", "json", "yaml", "dockerfile", "sh", "text", "mermaid"];
  expect([...languages].filter((language) => !known.includes(language))).toEqual([]);
});
