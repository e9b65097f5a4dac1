import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../src/repository.ts";

function check(...options: readonly string[]): { readonly status: number | null; readonly lines: readonly string[] } {
  const script = join(root, "scripts/check-language.mjs");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...options], { encoding: "utf8" });
  return { status, lines: `${stdout}${stderr}`.trim().split("\n") };
}

const fixture = (name: string): string => join(root, "internal/docs/test/fixtures/language", name);

test("each offence is reported with its line", () => {
  const { status, lines } = check(fixture("broken"));
  expect(status).toBe(1);
  expect(lines.map((line) => line.replace(/: write .*|;.*/, ""))).toEqual([
    'comments.ts:1: a doc comment begins with a noun phrase or a verb in the third person, not with "What"',
    'comments.ts:5: "behind"',
    'comments.ts:6: "tells"',
    'comments.ts:7: "told"',
    'comments.ts:11: "goes on"',
    'comments.ts:12: "so many"',
    "comments.ts:13: 123 characters",
    'script.sh:1: "afresh"',
    'the root, comments: "what" 83.3 times per 1,000 words',
    'page.md:3: "Nobody"',
    'page.md:3: "hears"',
    'page.md:6: "stands"',
    "page.md:9: a column has no title",
    '13 offences against the rules in CONTRIBUTING.md, "Language"',
  ]);
});

test("code, strings and natural phrases are not offences", () => {
  expect(check(fixture("natural"))).toEqual({ status: 0, lines: [""] });
});

test("the counts of each workspace are printed", () => {
  const { status, lines } = check("--counts", fixture("broken"));
  expect(status).toBe(0);
  expect(lines.join("\n")).toMatch(/the root, Markdown .*the root, comments /s);
});
