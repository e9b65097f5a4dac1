import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";

/** Bundles the package as an application does: for browsers, without its dependencies. */
const config: UserConfig = defineConfig({
  logLevel: "silent",
  build: {
    outDir: "node_modules/.cache/bundle",
    minify: true,
    target: "es2022",
    modulePreload: false,
    rollupOptions: {
      input: fileURLToPath(new URL("src/index.ts", import.meta.url)),
      preserveEntrySignatures: "strict",
      external: [/^[^./]/],
      output: { format: "es", entryFileNames: "decider.js" },
    },
  },
});
export default config;
