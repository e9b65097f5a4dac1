import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { transformWithOxc } from "vite";
import { pages, type Snippet, snippetsOf } from "./documents.ts";

/** The programs of a page: its snippets with file names, which can import each other. */
export interface Programs {
  /** Imports a file in this process. Its packages are those of the test, so `instanceof` works. */
  importOf<T>(file: string): Promise<T>;
  /** Path of a file as JavaScript, which every supported version of Node.js runs. */
  scriptOf(file: string): string;
  /** Runs a file in its own process, and resolves to its standard output. The process must print no errors. */
  run(file: string, env?: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<string>;
  /** Writes another file, which can import those of the page. */
  write(file: string, code: string): Promise<void>;
  /** Code of a file of the page. */
  codeOf(file: string): string;
  /** Output that the page shows for a file: the next block of text. */
  outputOf(file: string): string;
}

/** Writes the programs of a page into a folder. */
export async function programsOf(path: string, folder: string): Promise<Programs> {
  const page = pages().find((each) => each.path === path);
  if (page === undefined) throw new Error(`${path} is missing`);
  const snippets = snippetsOf(page);
  const scriptOf = (file: string): string => join(folder, file.replace(/\.ts$/, ".mjs"));

  async function write(file: string, code: string): Promise<void> {
    writeFileSync(join(folder, file), code);
    const script = (await transformWithOxc(code, file)).code.replaceAll(/"(\.\/[\w-]+)\.ts"/g, '"$1.mjs"');
    writeFileSync(scriptOf(file), script);
  }

  function indexOf(file: string): number {
    const index = snippets.findIndex((snippet) => snippet.file === file);
    if (index < 0) throw new Error(`${path} has no ${file}`);
    return index;
  }

  for (const { file, code, language } of snippets as readonly Snippet[])
    if (file !== undefined && language === "ts") await write(file, code);
  return {
    scriptOf,
    write,
    importOf: (file) => import(/* @vite-ignore */ join(folder, file)),
    codeOf: (file) => snippets[indexOf(file)]?.code ?? "",
    outputOf: (file) => snippets.slice(indexOf(file)).find(({ language }) => language === "text")?.code ?? "",
    async run(file, env = {}, ...args) {
      const options = { env: { ...process.env, ...env } };
      const { stdout, stderr } = await promisify(execFile)(process.execPath, [scriptOf(file), ...args], options);
      if (stderr !== "") throw new Error(stderr);
      return stdout;
    },
  };
}
