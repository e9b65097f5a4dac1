import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { checkComments } from "../src/comments/check.ts";

test("every public export says what it is, its units, defaults and errors, and has an example", async () => {
  expect(await checkComments()).toEqual([]);
}, 120_000);

test("each rule is noticed when it is broken", async () => {
  const folder = fileURLToPath(new URL("fixtures/broken", import.meta.url));
  const found = await checkComments({ entryPoints: [`${folder}/src/index.ts`], tsconfig: `${folder}/tsconfig.json` });
  expect([...found].sort()).toEqual([
    "@aether/broken.Broken has no @example",
    "@aether/broken.Broken.wait does not say by @throws with which code it rejects",
    "@aether/broken.Broken.wait names AETHER_NOBODY_KNOWS, which no page explains",
    "@aether/broken.BrokenOptions.label does not say what it is",
    "@aether/broken.BrokenOptions.waitTime does not say its @default",
    "@aether/broken.BrokenOptions.waitTime does not say its unit",
    "@aether/broken.Lonely has no @example, and is of no value that has one",
  ]);
}, 120_000);
