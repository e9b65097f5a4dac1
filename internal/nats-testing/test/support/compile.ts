import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const workspace = fileURLToPath(new URL("../..", import.meta.url));

/** Compiles the sources into `folder` for child processes, since Node.js 20 cannot run TypeScript. */
export async function compileSources(folder: string): Promise<void> {
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  const compiler = join(dirname(typescript), "bin", "tsc");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const options = ["--outDir", folder, "--tsBuildInfoFile", join(folder, ".tsbuildinfo")];
  await promisify(execFile)(process.execPath, [compiler, "-p", workspace, ...options]);
}
