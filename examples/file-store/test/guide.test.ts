import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const guide = read("../../../docs/writing-a-store.md");
const snippets = [...guide.matchAll(/^```(?:ts|js) file=(\S+)\n(.*?)^```$/gms)].map(
  ([, file, code]) => [file, code] as const,
);
const sources = readdirSync(fileURLToPath(new URL("../src", import.meta.url))).map((name) => `src/${name}`);

test("the guide contains every source file of the store and of its tests of the contract, and no other code", () => {
  const tests = ["test/file-event-store.test.ts", "test/store-process.mjs"];
  expect(snippets.map(([file]) => file).sort()).toEqual([...sources, ...tests].sort());
  expect(guide.match(/^```[tj]s/gm)).toHaveLength(snippets.length);
});

test.each(snippets)("%s in the guide is identical to the file in this package", (file, code) => {
  expect(code).toBe(read(`../${file}`));
});

test("the store is at most 300 lines", () => {
  const lines = sources.flatMap((file) => read(`../${file}`).trimEnd().split("\n"));
  expect(lines.length).toBeLessThanOrEqual(300);
});
