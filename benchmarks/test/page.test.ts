import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { generatedFiles, RESULTS_FILE } from "../src/page/generated-files.ts";
import { percent, table, withSection } from "../src/page/markdown.ts";
import type { Results } from "../src/results.ts";
import { missedGoals, noFindings } from "../src/results.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const results = JSON.parse(read(RESULTS_FILE)) as Results;
const files = [...generatedFiles(results, read)];

test.each(files)("%s is generated from the results; if not, run `npm run bench:page`", (path, content) => {
  expect(read(path)).toBe(content);
});

test("no result in the documentation comes from a quick run", () => {
  expect(Object.values(results).filter(({ quick }) => quick)).toEqual([]);
});

test("only exact shares are shown as 100% and 0%", () => {
  expect(percent(640, 640)).toBe("100%");
  expect(percent(639_999, 640_000)).toBe("99.9%");
  expect(percent(1, 640_000)).toBe("0.1%");
  expect(percent(0, 640)).toBe("0.0%");
  expect(percent(320, 640)).toBe("50%");
});

test("a section is replaced between its markers; a page without them is an error", () => {
  expect(withSection("a\n<!-- b -->\nold\n<!-- /b -->\nc", "b", "new")).toBe("a\n<!-- b -->\n\nnew\n\n<!-- /b -->\nc");
  expect(() => withSection("a", "b", "new")).toThrow("<!-- b -->");
});

test("a table aligns figures to the right", () => {
  expect(table(["a", "b"], [["x", "1"]])).toBe("| a | b |\n| --- | ---: |\n| x | 1 |");
});

test("rows and figures that miss their goals are listed", () => {
  const row = { unit: "ops/s", ours: 1, baseline: 2, ratio: 0.5, spread: [0.5, 0.5] as const };
  expect(
    missedGoals({
      ...noFindings,
      rows: [
        { ...row, name: "slow", against: "fast", goal: 1 },
        { ...row, name: "good enough", goal: 0.5 },
        { ...row, name: "without a goal" },
      ],
      figures: [
        { name: "large", value: 3, unit: "kB", maximum: 2, reason: "it has many features" },
        { name: "small", value: 2, unit: "kB", maximum: 2 },
      ],
    }),
  ).toEqual([
    { name: "slow, compared with fast", reason: undefined },
    { name: "large", reason: "it has many features" },
  ]);
});
