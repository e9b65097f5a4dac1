import { join } from "node:path";
import { build } from "vitepress";
import { root } from "../repository.ts";
import { stagePages } from "./stage.ts";

/** Folder with the configuration and the theme of VitePress. */
export const vitepressFolder: string = join(root, "internal/docs/site");

/** Empties a folder and writes the site into it. Rejects if a page has a broken link or if TypeDoc prints a warning. */
export async function buildSite(folder: string): Promise<void> {
  await stagePages();
  await build(vitepressFolder, { outDir: folder });
}
