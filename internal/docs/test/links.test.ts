import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../src/repository.ts";
import { anchorsOf, linksOf, pages } from "./support/documents.ts";

const all = pages();
const byPath = new Map(all.map((page) => [page.path, page]));

test.each(all)("the links of $path lead to existing files and headings", (page) => {
  const broken = linksOf(page).filter(({ file, anchor }) => {
    const target = byPath.get(file);
    if (anchor !== undefined && target !== undefined) return !anchorsOf(target).has(anchor);
    return !existsSync(join(root, file));
  });
  expect(broken).toEqual([]);
});

test("the search for pages finds those of the root, of docs and of packages", () => {
  for (const path of ["README.md", "docs/getting-started.md", "packages/core/README.md"])
    expect(byPath.has(path)).toBe(true);
});
