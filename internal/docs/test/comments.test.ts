import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { checkComments } from "../src/comments/check.ts";

test("the doc comments of every public export have summaries, units, defaults, errors and examples", async () => {
  expect(await checkComments()).toEqual([]);
}, 120_000);

test("each broken rule is reported", async () => {
  const folder = fileURLToPath(new URL("fixtures/broken", import.meta.url));
  const found = await checkComments({ entryPoints: [`${folder}/src/index.ts`], tsconfig: `${folder}/tsconfig.json` });
  expect([...found].sort()).toEqual([
    "@aether/broken.Broken has no @example",
    "@aether/broken.Broken.wait has no @throws with the error code or class",
    "@aether/broken.Broken.wait names AETHER_UNDOCUMENTED, which docs/errors.md does not explain",
    "@aether/broken.BrokenOptions.label has no summary",
    "@aether/broken.BrokenOptions.waitTime does not say its unit",
    "@aether/broken.BrokenOptions.waitTime has no @default",
    "@aether/broken.broken has no @example",
  ]);
}, 120_000);
