import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../src/repository.ts";
import { compiler } from "./compiler.ts";

/** The site, built for the address `https://docs.example.org/aether/`. */
export interface BuiltSite {
  readonly folder: string;
  /** Path below which the site is served. */
  readonly base: string;
  /** All HTML files by their address below the base, such as `read-models` or `operations/`. */
  readonly pages: ReadonlyMap<string, string>;
  /** Deletes the site. */
  remove(): void;
}

/** Builds the site into a temporary folder, with the command of `npm run docs`. */
export async function buildTemporarySite(): Promise<BuiltSite> {
  const folder = mkdtempSync(join(tmpdir(), "aether-site-"));
  const run = (...args: readonly string[]) =>
    promisify(execFile)(process.execPath, args, {
      cwd: root,
      env: { ...process.env, NODE_ENV: "production", DOCS_URL: "https://docs.example.org/aether/" },
    });
  await run(compiler, "-b", join(root, "internal/docs"));
  await run(join(root, "internal/docs/dist/main.js"), folder);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".html"));
  const addressOf = (file: string): string => file.replace(/(?:^|(?<=\/))index\.html$|\.html$/, "");
  return {
    folder,
    base: "/aether/",
    pages: new Map(files.map((file) => [addressOf(file), readFileSync(join(folder, file), "utf8")])),
    remove: () => rmSync(folder, { recursive: true }),
  };
}
