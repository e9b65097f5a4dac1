import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { run } from "../workspaces/run.ts";
import type { Tarball } from "./tarball.ts";

const { resolve } = createRequire(import.meta.url);
const attw = join(dirname(resolve("@arethetypeswrong/cli/package.json")), "dist", "index.js");

/** Lists the findings of publint in strict mode. */
export async function faultsOfManifest({ file }: Tarball): Promise<readonly string[]> {
  const tarball = await readFile(file);
  const bytes = tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) as ArrayBuffer;
  const { messages, pkg } = await publint({ strict: true, pack: { tarball: bytes } });
  return messages.map((message) => `publint: ${formatMessage(message, pkg) ?? message.code}`);
}

/** Runs attw. @throws {Error} the types are missing or do not match the code; the message contains attw's report */
export async function checkTypesAreFound({ file }: Tarball): Promise<void> {
  // Users may load the modules with `require`, which every supported version of Node.js can do.
  await run(process.execPath, [attw, file, "--ignore-rules", "cjs-resolves-to-esm", "--no-emoji", "--format", "ascii"]);
}
