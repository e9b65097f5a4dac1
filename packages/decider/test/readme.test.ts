import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import * as decider from "../src/index.ts";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const readme = read("../README.md");

test("the first example of the README is the file readme-example.ts", () => {
  const [, example] = /^```ts\n(.*?)^```$/ms.exec(readme) ?? [];
  expect(example).toBe(read("readme-example.ts"));
});

test("the first example prints the expected lines", async () => {
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await import("./readme-example.ts");
  expect(log.mock.calls).toEqual([["OrderShipped: the order is shipped, at version 2"], ["there is no such order"]]);
});

const source = read("../src/command-handler.ts");
/** The documented properties of the options, with their numeric defaults. */
const options = ["HandleOptions", "CommandHandlerOptions"].flatMap((name) => {
  const [, body = ""] = new RegExp(`export interface ${name}.*? \\{\\n(.*?)^\\}`, "ms").exec(source) ?? [];
  return [...body.matchAll(/ {2}\/\*\*(.*?)\*\/\n {2}readonly (\w+)\?:/gs)].map(([, doc = "", option = ""]) => ({
    option,
    number: /@default ([\d_]+)$/m.exec(doc)?.[1],
  }));
});

test.each(options)("the README contains $option, with its default", ({ option, number }) => {
  const row = readme.split("\n").find((line) => line.startsWith(`| \`${option}\` |`));
  expect(row).toBeDefined();
  if (number !== undefined) expect(row).toContain(`| ${number} |`);
});

test("the README contains every error, with its code", () => {
  const errors = Object.keys(decider).filter((name) => name.startsWith("Unknown"));
  expect(errors.length).toBe(2);
  for (const name of errors) expect(readme).toMatch(new RegExp(`^\\| \`AETHER_[A-Z_]+\` \\| \`${name}\` \\|`, "m"));
});
