import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll } from "vitest";
import { root } from "../../src/repository.ts";

/** Creates a folder for the programs of a test file. The folder is removed after the last test of the file. */
export function scratchFolder(name: string): string {
  // The folder is inside the workspace, so that the programs find the dependencies of the workspace.
  const cache = join(root, "internal/docs/node_modules/.cache");
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, `${name}-`));
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}
