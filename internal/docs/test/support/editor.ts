import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { root } from "../../src/repository.ts";
import { compiler } from "./compiler.ts";
import { scratchFolder } from "./scratch-folder.ts";

/** Snippets as an editor shows them: with errors and hovers. */
export interface Editor {
  /** Name and version of the compiler. */
  readonly name: string;
  /** Returns the messages of the first error of a snippet, from the first line to the cause. `""` without errors. */
  readonly firstError: (snippet: string) => string;
}

/** An editor that can also show types. */
export interface HoverEditor extends Editor {
  /** Returns the type that a hover over the first occurrence of a text shows. */
  readonly hover: (snippet: string, text: string) => string;
  /** Returns the names that are suggested at the mark `<here>` in the code of a snippet. */
  readonly completions: (snippet: string) => readonly string[];
}

const config = { extends: join(root, "tsconfig.test.base.json"), compilerOptions: { noUnusedLocals: false } };

/** Opens snippets in the project's compiler, which is native. Each snippet begins with the preamble. */
export function openInCompiler(preamble: string, snippets: Readonly<Record<string, string>>): Editor {
  const folder = scratchFolder("native-compiler");
  for (const [name, code] of Object.entries(snippets)) writeFileSync(join(folder, `${name}.ts`), preamble + code);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ ...config, include: ["."] }));
  let output = "";
  try {
    execFileSync(process.execPath, [compiler, "-p", folder, "--pretty", "false"], { encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    output = String((error as { stdout?: unknown }).stdout);
  }
  const errors = output.split(/^(?=\S)/m);
  const firstError = (snippet: string): string =>
    errors.find((each) => each.includes(`/${snippet}.ts(`))?.replace(/^.*?: error TS\d+: /, "") ?? "";
  return { name: "the native compiler", firstError };
}

/** Opens snippets in the language service of TypeScript 6, which editors use. */
export function openInLanguageService(preamble: string, snippets: Readonly<Record<string, string>>): HoverEditor {
  const folder = join(root, "internal/docs/test/support");
  const pathOf = (snippet: string): string => join(folder, `editor-${snippet}.ts`);
  const textOf = (snippet: string): string => preamble + (snippets[snippet] ?? "").replace("<here>", "");
  const files = new Map(Object.keys(snippets).map((snippet) => [pathOf(snippet), textOf(snippet)]));
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, folder);
  const readFile = (path: string): string | undefined => files.get(path) ?? ts.sys.readFile(path);
  const service = ts.createLanguageService({
    getScriptFileNames: () => [...files.keys()],
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const text = readFile(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => folder,
    getCompilationSettings: () => options,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => files.has(path) || ts.sys.fileExists(path),
    readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
  return {
    name: `TypeScript ${ts.version}`,
    firstError: (snippet) => {
      const [first] = service.getSemanticDiagnostics(pathOf(snippet));
      return first === undefined ? "" : ts.flattenDiagnosticMessageText(first.messageText, "\n");
    },
    hover: (snippet, text) => {
      const position = preamble.length + (snippets[snippet] ?? "").indexOf(text);
      return ts.displayPartsToString(service.getQuickInfoAtPosition(pathOf(snippet), position)?.displayParts);
    },
    completions: (snippet) => {
      const position = preamble.length + (snippets[snippet] ?? "").indexOf("<here>");
      const found = service.getCompletionsAtPosition(pathOf(snippet), position, {});
      return found?.entries.map(({ name }) => name) ?? [];
    },
  };
}
