import { fileURLToPath } from "node:url";
import { defineConfig, type UserConfig } from "vite";

/** The package as an application's bundler makes it, for browsers and without what it depends on. */
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
      output: { format: "es", entryFileNames: "retry.js" },
    },
  },
});
export default config;
