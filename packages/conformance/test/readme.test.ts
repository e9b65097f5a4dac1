import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { busCases, documentCases, projectionCases, storeCases } from "../src/index.ts";

const read = (path: string): Promise<string> => readFile(new URL(path, import.meta.url), "utf8");
const readme = await read("../README.md");
const snippets = [...readme.matchAll(/^ {3}```ts\n(.*?)^ {3}```$/gms)].map(([, code = ""]) =>
  code.replace(/^ {3}/gm, ""),
);

describe("README", () => {
  test("contains the complete examples that are run", async () => {
    expect(snippets[0]).toBe(await read("example/journal-event-store.test.ts"));
    expect(snippets[2]).toBe(await read("example/channel-event-bus.test.ts"));
  });

  test("contains the damage hooks of the example that is run", async () => {
    const indented = snippets[1]?.replace(/^/gm, "  ").trimEnd();
    expect(indented).toContain("interruptedSave");
    expect(await read("example/damaged-journal.test.ts")).toContain(indented);
  });

  test("contains three other snippets, which are compiled with those of all documents", () => {
    expect(snippets).toHaveLength(3);
    const kinds = readme.match(/```\w+/g);
    expect(kinds).toEqual(["```sh", "```ts", "```ts", "```ts", "```ts", "```ts", "```ts", "```text", "```ts"]);
  });

  test("names every rule of histories", async () => {
    const source = await read("../src/history/history.ts");
    const rules = [...source.matchAll(/^ {2}\| "([a-z-]+)"/gm)].map(([, rule]) => rule);
    expect(rules).toContain("malformed-history");
    for (const rule of rules) expect(readme).toContain(`\`${rule}\``);
  });

  test.each([
    ["a store", storeCases],
    ["a document store", documentCases],
    ["projections", projectionCases],
    ["a bus", busCases],
  ])("lists every group of %s in the order of the cases", (what, cases) => {
    const [, section = ""] = readme.split(`## What the suite checks in ${what}\n`);
    const [table = ""] = section.split("\n## ");
    const rows = [...table.matchAll(/^\| (.*?) \|.*\|$/gm)].map(([, group]) => group);
    const groups = new Set(cases.map(({ group }) => group));
    expect(rows.filter((row) => row !== "group" && row !== "---")).toEqual([...groups]);
  });
});
