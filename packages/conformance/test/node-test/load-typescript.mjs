// Lets Node.js load TypeScript files by removing their types: `node --import ./load-typescript.mjs file.ts`.
import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import { transformWithOxc } from "vite";

// Module hooks run in a separate thread, which also loads this file. It must not register them again.
if (isMainThread) register(import.meta.url);

export async function load(url, context, nextLoad) {
  if (!url.endsWith(".ts")) return nextLoad(url, context);
  const file = fileURLToPath(url);
  const { code } = await transformWithOxc(await readFile(file, "utf8"), file);
  return { format: "module", source: code, shortCircuit: true };
}
