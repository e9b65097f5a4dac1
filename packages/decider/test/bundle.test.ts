import { builtinModules } from "node:module";
import { build, type Rollup } from "vite";
import { expect, test } from "vitest";
import bundle from "../bundle.config.ts";

test("the bundle imports only core and retry, and no API of Node", async () => {
  const built = await build({ ...bundle, configFile: false, build: { ...bundle.build, write: false } });
  const { code, imports } = (built as Rollup.RollupOutput).output[0];
  expect(imports.toSorted()).toEqual(["@aether/core", "@aether/retry"]);
  expect(imports.filter((name) => name.startsWith("node:") || builtinModules.includes(name))).toEqual([]);
  expect(code).not.toMatch(/\b(process|Buffer|setImmediate|require)\b/);
});
