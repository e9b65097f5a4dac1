import { basename, resolve } from "node:path";
import { parseArgs } from "node:util";
import { isPackageName } from "./names.ts";

/** What runs the tests. */
export type Runner = "vitest" | "node";

/** What a project is made of. */
export interface Options {
  /** Where to write it. */
  readonly folder: string;
  /** A name that npm accepts. */
  readonly packageName: string;
  /** What runs the tests. */
  readonly runner: Runner;
}

/**
 * The command line is wrong.
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

export const usage: string = `Begins an event store for Aether in a new folder.

Usage: npm create @aether/store FOLDER [-- options]

  --name NAME       the name of the package (default: the name of the folder)
  --runner RUNNER   what runs the tests: vitest, or node for node:test (default: vitest)
  --help            print this

FOLDER must not exist, or be empty. Exit code: 0 done, 1 nothing or not all could be written, 2 wrong usage.
`;

/**
 * Reads the command line.
 *
 * @param args - without node and the script
 * @returns `"help"` when help was asked for
 * @throws UsageError
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
  if (folder === undefined || folder.trim() === "") throw new UsageError("say which folder to write to");
  if (more.length > 0) {
    const given = more.map(quote).join(" ");
    throw new UsageError(`there is one folder, so what is ${given}? After "npm create", options go behind a --`);
  }
  const { runner = "vitest", name = basename(resolve(folder)) } = values;
  if (runner !== "vitest" && runner !== "node")
    throw new UsageError(`--runner is vitest or node, not ${quote(runner)}`);
  if (!isPackageName(name)) {
    throw new UsageError(
      `${quote(name)} is no name for a package (lower case, no spaces): ` +
        (values.name === undefined ? "choose one with --name" : "choose another"),
    );
  }
  return { folder, packageName: name, runner };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: { name: { type: "string" }, runner: { type: "string" }, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A text from outside, cut where it is long, without characters that steer a terminal. */
export function quote(text: string): string {
  return JSON.stringify(text.slice(0, 100)).replace(/[\x7f-\x9f]/g, "?");
}
