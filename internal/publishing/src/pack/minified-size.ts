import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rolldown } from "rolldown";

/** Bundles all exports of a package with its dependencies, except peers, and returns the minified size in bytes. */
export async function minifiedBytes(name: string, folder: string, peers: readonly string[]): Promise<number> {
  const input = join(folder, "everything.js");
  await writeFile(input, `export * from "${name}";\n`);
  const bundle = await rolldown({ input, platform: "node", external: [...peers], cwd: folder });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  return output.reduce((sum, chunk) => sum + (chunk.type === "chunk" ? Buffer.byteLength(chunk.code) : 0), 0);
}
