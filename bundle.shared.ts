import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";

/**
 * Bundles a package as an application does: for browsers, without its dependencies.
 *
 * @param name - name of the bundle
 * @param folder - address of a file in the folder of the package
 */
export function bundle(name: string, folder: string): UserConfig {
  return defineConfig({
    logLevel: "silent",
    build: {
      outDir: "node_modules/.cache/bundle",
      minify: true,
      target: "es2022",
      modulePreload: false,
      rollupOptions: {
        input: fileURLToPath(new URL("src/index.ts", folder)),
        preserveEntrySignatures: "strict",
        external: [/^[^./]/],
        output: { format: "es", entryFileNames: `${name}.js` },
      },
    },
  });
}
