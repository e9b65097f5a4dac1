import { existsSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { root, website } from "../repository.ts";
import { entries, landingPage } from "./contents.ts";

/** Returns the file of a page below the folder of pages, such as `operations/index.md` or `packages/core.md`. */
export function fileOf(path: string): string {
  if (path === landingPage.path) return "index.md";
  const file = path.replace(/^docs\//, "");
  if (!file.includes("/")) return file.toLowerCase();
  return path.startsWith("docs/") ? file.replace(/README\.md$/, "index.md") : file.replace(/\/README\.md$/, ".md");
}

/** Returns the address of a page on the site, without the base: `/operations/` or `/packages/core`. */
export function addressOf(path: string): string {
  return `/${fileOf(path)}`.replace(/\.md$/, "").replace(/\/index$/, "/");
}

const pagePaths = new Set([...entries.map(({ path }) => path)]);

/**
 * Returns the target of a link on the site: the address of a page, or the address of the file in the repository if the
 * site has no such page. `from` is the page with the link, `target` a path relative to this page.
 */
export function resolveLink(from: string, target: string): string {
  if (/^(?:[a-z]+:|#)/.test(target)) return target;
  const [file = "", anchor] = target.split("#");
  const hash = anchor === undefined ? "" : `#${anchor}`;
  const path = normalize(join(dirname(from), decodeURI(file))).replace(/\/$/, "");
  if (path === "README.md" && anchor === undefined) return "/";
  for (const page of [path, join(path, "README.md")]) if (pagePaths.has(page)) return addressOf(page) + hash;
  if (!existsSync(join(root, path))) throw new Error(`${from} links to ${path}, which does not exist`);
  return `${website}/${statSync(join(root, path)).isDirectory() ? "tree" : "blob"}/main/${path}${hash}`;
}
