import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Kind } from "./kind.ts";
import { storeNames } from "./names.ts";
import { type Options, quote } from "./options.ts";
import { guideUrl, packageManifest } from "./package-manifest.ts";

/** A new project: its folder and the files that were written. */
export interface Project {
  /** Absolute path of the project. */
  readonly folder: string;
  /** Paths of the files, relative to the folder. */
  readonly files: readonly string[];
}

/**
 * The folder is not empty, or it cannot be read or written to. If a file could not be written, the project may be
 * incomplete.
 *
 * @example
 * ```ts
 * try {
 *   createProject({ folder: ".", packageName: "my-store", runner: "vitest" });
 * } catch (error) {
 *   if (error instanceof FolderError) console.error(error.message);
 * }
 * ```
 */
export class FolderError extends Error {
  override readonly name: string = "FolderError";
}

const templates = fileURLToPath(new URL("../template", import.meta.url));

/**
 * Writes a project with a skeleton store, the contract as a test suite, a changeset and CI. Never overwrites a file.
 *
 * @throws FolderError if the folder is not empty, or cannot be read or written to
 *
 * @example
 * ```ts
 * const { folder, files } = createProject({ folder: "my-store", packageName: "my-store", runner: "vitest" });
 * console.log(`${files.length} files in ${folder}`);
 * ```
 */
export function createProject({ folder, packageName, runner, kind = "events" }: Options): Project {
  const target = resolve(folder);
  checkEmpty(target);
  const { className, supportsName, fileName } = storeNames(packageName, kind);
  const fill = (text: string): string =>
    text
      .replaceAll(/My(?:Event|Document)Store/g, className)
      .replaceAll(/my(?:Document)?StoreSupports/g, supportsName)
      .replaceAll(/my-(?:event|document)-store/g, fileName)
      .replaceAll("my-package", packageName)
      .replaceAll("https://example.org/writing-a-store", guideUrl(kind));
  const manifest = `${JSON.stringify(packageManifest(packageName, runner, kind), null, 2)}\n`;
  const files = new Map([["package.json", manifest]]);
  for (const [file, source] of [...templateFiles("common"), ...templateFiles(kind)]) {
    const text = fill(readFileSync(source, "utf8"));
    // The template's file has no dot, because npm does not publish files named .gitignore.
    const name = file === "gitignore" ? ".gitignore" : fill(file);
    files.set(name, runner === "node" ? text.replace('from "vitest"', 'from "node:test"') : text);
  }
  for (const [name, text] of files) write(join(target, name), text);
  return { folder: target, files: [...files.keys()].sort() };
}

/** Returns the files of a template: their paths in the project, and where they are. */
function templateFiles(name: "common" | Kind): readonly (readonly [file: string, source: string])[] {
  const template = join(templates, name);
  return readdirSync(template, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((source) => [source.slice(template.length + 1), source]);
}

/** Throws if the folder contains anything except an empty Git repository. */
function checkEmpty(folder: string): void {
  const found = entriesOf(folder).filter((name) => name !== ".git");
  if (found.length === 0) return;
  const shown = found.slice(0, 3).map(quote).join(", ") + (found.length > 3 ? ", ..." : "");
  throw new FolderError(`${quote(folder)} is not empty (${shown}): choose another folder, or empty this one`);
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new FolderError(`${quote(folder)} cannot be used: ${reasonOf(error)}`, { cause: error });
  }
}

function write(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: "wx" });
  } catch (error) {
    throw new FolderError(`${quote(file)} cannot be written: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
