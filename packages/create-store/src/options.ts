import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Kind } from "./kind.ts";
import { isPackageName } from "./names.ts";

/** Test runner of a project: Vitest, or `node:test`. */
export type Runner = "vitest" | "node";

/** Options of a new project. */
export interface Options {
  /** Folder to write to. It must be new or empty. */
  readonly folder: string;
  /** Name of the package. It must be a valid name for a new npm package. */
  readonly packageName: string;
  /** Test runner of the project. */
  readonly runner: Runner;
  /**
   * Kind of the store.
   * @default "events"
   */
  readonly kind?: Kind | undefined;
}

/**
 * The command line is invalid.
 *
 * @example
 * ```ts
 * try {
 *   parseOptions(["--colour", "red"]);
 * } catch (error) {
 *   if (error instanceof UsageError) console.error(error.message);
 * }
 * ```
 */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

export const usage: string = `Creates the project of a store for Aether in a new or empty folder.

Usage: npm create @aether/store FOLDER [-- options]

  --kind KIND       kind of the store: events, or documents (default: events)
  --name NAME       name of the package (default: name of the folder)
  --runner RUNNER   test runner: vitest, or node for node:test (default: vitest)
  --help            print this help

FOLDER must be new or empty. Exit codes: 0 success, 1 files could not be written, 2 invalid usage.
`;

/**
 * Parses the command line.
 *
 * @param args - the arguments, without Node.js and the script
 * @returns the options of the project, or `"help"` for `--help`
 * @throws UsageError if the command line is invalid
 *
 * @example
 * ```ts
 * const options = parseOptions(["my-store", "--runner", "node"]);
 * if (options !== "help") createProject(options);
 * ```
 */
export function parseOptions(args: readonly string[]): Options | "help" {
  const { values, positionals } = parse(args);
  if (values.help === true) return "help";
  const [folder, ...more] = positionals;
  if (folder === undefined || folder.trim() === "")
    throw new UsageError("the folder is missing: specify the folder to write to");
  if (more.length > 0) {
    const given = more.map(quote).join(" ");
    throw new UsageError(
      `unexpected argument ${given}: specify one folder; with "npm create", write -- before the options`,
    );
  }
  const { kind = "events", runner = "vitest", name = basename(resolve(folder)) } = values;
  if (kind !== "events" && kind !== "documents")
    throw new UsageError(`--kind must be events or documents, not ${quote(kind)}`);
  if (runner !== "vitest" && runner !== "node")
    throw new UsageError(`--runner must be vitest or node, not ${quote(runner)}`);
  if (!isPackageName(name)) {
    throw new UsageError(
      `${quote(name)} is not a valid package name (lower case, no spaces): ` +
        (values.name === undefined ? "choose one with --name" : "choose another"),
    );
  }
  return { folder, packageName: name, runner, kind };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        kind: { type: "string" },
        name: { type: "string" },
        runner: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Quotes a text for a message. Cuts it after 100 characters and shows no control characters. */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100)).replace(/[\x7f-\x9f]/g, "?");
}
