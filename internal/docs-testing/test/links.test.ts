import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { anchorsOf, linksOf, pages, root } from "./documents.ts";

const all = pages();
const byPath = new Map(all.map((page) => [page.path, page]));

test.each(all)("the links of $path lead somewhere", (page) => {
  const broken = linksOf(page).filter(({ file, anchor }) => {
    const target = byPath.get(file);
    if (anchor !== undefined && target !== undefined) return !anchorsOf(target).has(anchor);
    return !existsSync(join(root, file));
  });
  expect(broken).toEqual([]);
});

test("the pages are there", () => {
  for (const path of ["README.md", "docs/getting-started.md", "packages/core/README.md"])
    expect(byPath.has(path)).toBe(true);
});
