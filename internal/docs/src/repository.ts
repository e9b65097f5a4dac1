import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the repository, without a trailing slash. Correct from both `src` and `dist`. */
export const root: string = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

/** Address of the repository on the web, without a trailing slash. */
export const website: string = manifestOf(".").repository.url.replace(/^git\+|\.git$/g, "");

/** Version of `@aether/core`, which the site shows. */
export const version: string = manifestOf("packages/core").version;

function manifestOf(folder: string): { readonly version: string; readonly repository: { readonly url: string } } {
  return JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
}
