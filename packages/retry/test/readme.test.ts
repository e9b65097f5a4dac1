import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import * as retry from "../src/index.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const readme = read("../README.md");

test("the first example of the README is the file readme-example.ts", () => {
  const [, example] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  expect(example).toBe(read("readme-example.ts"));
});

test("the first example prints the expected lines", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await import("./readme-example.ts");
  expect(log.mock.calls).toEqual([["UPS lost the race and decides again"], ["DHL shipped: true, UPS shipped: false"]]);
});

const sources = [
  "loop/retry-options",
  "retry-on-conflict",
  "policies/backoff",
  "policies/jitter",
  "policies/detailed",
  "policies/adaptive",
  "breaker/circuit-breaker",
  "queue/retry-queue",
];
/** The documented properties of all options interfaces, with their numeric defaults. */
const options = sources.flatMap((source) => {
  const interfaces = [...read(`../src/${source}.ts`).matchAll(/export interface \w*Options.*? \{\n(.*?)^\}/gms)];
  return interfaces.flatMap(([, body = ""]) =>
    [...body.matchAll(/ {2}\/\*\*(.*?)\*\/\n {2}readonly (\w+)\??:/gs)].map(([, doc = "", name = ""]) => {
      const [, number] = /@default "?([\d_]+)/.exec(doc) ?? [];
      return { option: `${name} of ${source}`, name, number: number && Number(number.replaceAll("_", "")) };
    }),
  );
});

test.each(options)("the README contains $option, with its default", ({ name, number }) => {
  const rows = readme.split("\n").filter((line) => line.startsWith(`| \`${name}\` |`));
  expect(rows).not.toEqual([]);
  if (number !== undefined) expect(rows.join("\n")).toContain(`| ${number.toLocaleString("en")}`);
});

test("the README contains no unknown option", () => {
  const names = [...options.map(({ name }) => name), ...Object.keys(retry)];
  expect(names.length).toBeGreaterThan(20);
  for (const [, row] of readme.matchAll(/^\| `([a-z]\w+)` \|/gm)) expect(names).toContain(row);
});

test("the README contains every error, with its code", () => {
  const errors = Object.entries(retry).filter(([name]) => name.endsWith("Error"));
  expect(errors.length).toBe(5);
  for (const [name] of errors) expect(readme).toMatch(new RegExp(`^\\| \`AETHER_[A-Z_]+\` \\| \`${name}\` \\|`, "m"));
});
