import { builtinModules } from "node:module";
import { fileURLToPath } from "node:url";
import { build, type Rollup } from "vite";
import { expect, test } from "vitest";

/** The package as an application's bundler makes it, for browsers and without what it depends on. */
async function bundle(): Promise<Rollup.OutputChunk> {
  const built = await build({
    configFile: false,
    logLevel: "silent",
    build: {
      write: false,
      minify: true,
      target: "es2022",
      modulePreload: false,
      rollupOptions: {
        input: fileURLToPath(new URL("../src/index.ts", import.meta.url)),
        preserveEntrySignatures: "strict",
        external: [/^[^./]/],
        output: { format: "es" },
      },
    },
  });
  return (built as Rollup.RollupOutput).output[0];
}

test("it imports nothing but core and uuid, and needs nothing of Node", async () => {
  const { code, imports } = await bundle();
  expect(imports.toSorted()).toEqual(["@aether/core", "uuid"]);
  expect(imports.filter((name) => name.startsWith("node:") || builtinModules.includes(name))).toEqual([]);
  expect(code).not.toMatch(/\b(process|Buffer|setImmediate|require)\b/);
});
