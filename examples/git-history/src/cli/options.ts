import { parseArgs } from "node:util";
import { quoted } from "../log/malformed-input.ts";
import type { InputFiles, Source } from "../log/read-input.ts";
import type { RunOptions } from "../run.ts";
import type { StoreChoice } from "../store/run-store.ts";

/** The parsed command line. */
export interface Options extends RunOptions {
  /** True to print JSON instead of a summary. */
  readonly json: boolean;
}

/** Thrown when the command line is wrong. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

const maxWriters = 64;

export const usage: string = `Usage: npm run demo -- [options]

Stores a git history as events, replays every file's events into its line count,
and compares the counts with the real files.

Input (default: the history of nats-io/nats.js, which comes with the demo)
  --repo DIR       a git repository; runs git there
  --log FILE       the output of
                   git log --first-parent --reverse --no-renames --numstat
                     --format='commit%x09%H%x09%cI'
  --expected FILE  the output of
                   git diff --numstat --no-renames <the empty tree> HEAD
                   --log and --expected must be given together

Store
  --store NAME     memory, file, sqlite or jetstream (default: memory)
  --writers N      number of competing processes, 1 to ${maxWriters} (default: 1);
                   above 1 needs --store file, sqlite or jetstream
  --server URL     a nats-server with JetStream, for --store jetstream
                   (default: $NATS_URL, or else a temporary server)
  --client NAME    nats or nats-io, for --store jetstream (default: nats)

Output
  --json           print one JSON object instead of the summary
  --help           print this help

Exit codes: 0 every count is right, 1 a mismatch or a failure, 2 wrong usage
`;

const flags = {
  log: { type: "string" },
  expected: { type: "string" },
  repo: { type: "string" },
  store: { type: "string" },
  client: { type: "string" },
  server: { type: "string" },
  writers: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean" },
} as const;

type Values = ReturnType<typeof parseFlags>;

/**
 * Parses the command line.
 *
 * @param args - the arguments after the name of the script
 * @param defaults - the files to read if the arguments name no input
 * @returns the options, or `"help"` if `--help` is given
 * @throws UsageError
 */
export function parseOptions(
  args: readonly string[],
  env: { readonly NATS_URL?: string | undefined },
  defaults: InputFiles,
): Options | "help" {
  const values = parseFlags(args);
  if (values.help === true) return "help";
  const store = chooseStore(values, env.NATS_URL);
  const writers = countWriters(values);
  if (store.kind === "memory" && writers > 1) {
    throw new UsageError(
      "--writers above 1 needs --store file, sqlite or jetstream: processes cannot share a store in memory",
    );
  }
  return { source: chooseSource(values, defaults), store, writers, json: values.json === true };
}

function parseFlags(args: readonly string[]) {
  const { values, tokens } = parse(args);
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is given twice`);
    if (token.value?.trim() === "") throw new UsageError(`--${token.name} needs a value`);
    seen.add(token.name);
  }
  return values;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, tokens: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // For a value that is missing or begins with a dash, Node's message has three lines.
    const [, flag] = /^Option '(--\w+).*' argument (?:missing|is ambiguous)/.exec(message) ?? [];
    throw new UsageError(flag === undefined ? message : `${flag} needs a value`);
  }
}

function chooseSource({ log, expected, repo }: Values, defaults: InputFiles): Source {
  if (repo !== undefined) {
    if (log !== undefined || expected !== undefined)
      throw new UsageError("--repo cannot be combined with --log or --expected");
    return { kind: "repository", directory: repo };
  }
  if (log === undefined && expected === undefined) return { kind: "files", ...defaults };
  if (log === undefined) throw new UsageError("--expected needs --log");
  if (expected === undefined) throw new UsageError("--log needs --expected");
  return { kind: "files", log, expected };
}

function chooseStore({ store = "memory", client, server }: Values, urlFromEnv: string | undefined): StoreChoice {
  if (store === "memory" || store === "file" || store === "sqlite") {
    if (client !== undefined) throw new UsageError("--client needs --store jetstream");
    if (server !== undefined) throw new UsageError("--server needs --store jetstream");
    return { kind: store };
  }
  if (store !== "jetstream")
    throw new UsageError(`--store must be memory, file, sqlite or jetstream, but is ${quoted(store)}`);
  if (client !== undefined && client !== "nats" && client !== "nats-io") {
    throw new UsageError(`--client must be nats or nats-io, but is ${quoted(client)}`);
  }
  const serverFromEnv = urlFromEnv?.trim() === "" ? undefined : urlFromEnv;
  return { kind: "jetstream", client: client ?? "nats", server: server ?? serverFromEnv };
}

function countWriters({ writers = "1" }: Values): number {
  const count = /^[1-9]\d*$/.test(writers) ? Number(writers) : 0;
  if (count < 1 || count > maxWriters) {
    throw new UsageError(`--writers must be a number from 1 to ${maxWriters}, but is ${quoted(writers)}`);
  }
  return count;
}
