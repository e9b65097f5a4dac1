import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../src/repository.ts";

/** Returns the error codes in the sources of all packages, sorted. */
function codes(): readonly string[] {
  const sources = readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" }).filter((file) =>
    /^[^/]+\/src\/.*\.ts$/.test(file),
  );
  const found = sources.flatMap((file) => [
    ...readFileSync(join(root, "packages", file), "utf8").matchAll(/\bcode\b[^"\n]{0,20}"(AETHER_\w+)"/g),
  ]);
  return [...new Set(found.map(([, code = ""]) => code))].sort();
}

test("the page of errors has one heading for each code, and no others", () => {
  const page = readFileSync(join(root, "docs/errors.md"), "utf8");
  const headings = [...page.matchAll(/^### (AETHER_\w+)$/gm)].map(([, code = ""]) => code);
  expect(headings.length).toBeGreaterThan(10);
  expect([...headings].sort()).toEqual(codes());
});
