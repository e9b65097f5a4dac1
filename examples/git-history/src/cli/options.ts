import { parseArgs } from "node:util";
import { shown } from "../shown.ts";

/** Where the log and the true state come from. */
export type Source =
  | ({ readonly kind: "files" } & InputFiles)
  | { readonly kind: "repository"; readonly directory: string };

export interface InputFiles {
  readonly log: string;
  readonly expected: string;
}

/** The official client to connect with: the package `nats`, or its successor `@nats-io/transport-node`. */
export type Client = "nats" | "nats-io";

/** Where the events go. Without a server's URL one is started for the run. */
export type StoreChoice =
  | { readonly kind: "memory" }
  | { readonly kind: "file" }
  | { readonly kind: "jetstream"; readonly client: Client; readonly server?: string };

export interface Options {
  readonly source: Source;
  readonly store: StoreChoice;
  readonly writers: number;
  readonly json: boolean;
}

/** The command line is wrong. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

const maxWriters = 64;

export const usage: string = `Stores a git history as events, one actor per path, replays every actor into its line count and
checks the counts against the repository's true state.

Usage: npm run demo -- [options]

Input (default: the history of a public repository that comes with the example):
  --log FILE        what git log --first-parent --reverse --no-renames --numstat
                    --format='commit%x09%H%x09%cI' prints; needs --expected
  --expected FILE   what git diff --numstat --no-renames <the empty tree> HEAD prints
  --repo DIR        run git in this repository instead

Store:
  --store NAME      memory, file or jetstream (default: memory)
  --client NAME     nats or nats-io: the client to connect with (default: nats)
  --server URL      a running nats-server with JetStream (default: $NATS_URL, else one is started and stopped)
  --writers N       append from N competing processes, 1 to ${maxWriters} (default: 1)

Output:
  --json            print one JSON object instead of the summary
  --help            print this

Exit code: 0 everything is exact, 1 a mismatch or a failure, 2 wrong usage.
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
 * Reads the command line.
 *
 * @param args - without node and the script
 * @param defaults - the files to read where none are named
 * @returns `"help"` when help was asked for
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
    throw new UsageError("--writers above 1 needs --store file or jetstream: processes cannot share a store in memory");
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
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function chooseSource({ log, expected, repo }: Values, defaults: InputFiles): Source {
  if (repo !== undefined) {
    if (log !== undefined || expected !== undefined) throw new UsageError("--repo excludes --log and --expected");
    return { kind: "repository", directory: repo };
  }
  if (log === undefined && expected === undefined) return { kind: "files", ...defaults };
  if (log === undefined) throw new UsageError("--expected needs --log");
  if (expected === undefined) throw new UsageError("--log needs --expected");
  return { kind: "files", log, expected };
}

function chooseStore({ store = "memory", client, server }: Values, urlFromEnv: string | undefined): StoreChoice {
  if (store === "memory" || store === "file") {
    if (client !== undefined) throw new UsageError("--client needs --store jetstream");
    if (server !== undefined) throw new UsageError("--server needs --store jetstream");
    return { kind: store };
  }
  if (store !== "jetstream") throw new UsageError(`--store is memory, file or jetstream, not ${shown(store)}`);
  if (client !== undefined && client !== "nats" && client !== "nats-io") {
    throw new UsageError(`--client is nats or nats-io, not ${shown(client)}`);
  }
  const url = server ?? (urlFromEnv?.trim() === "" ? undefined : urlFromEnv);
  return { kind: "jetstream", client: client ?? "nats", ...(url === undefined ? {} : { server: url }) };
}

function countWriters({ writers = "1" }: Values): number {
  const count = /^[1-9]\d*$/.test(writers) ? Number(writers) : 0;
  if (count < 1 || count > maxWriters) {
    throw new UsageError(`--writers is a number from 1 to ${maxWriters}, not ${shown(writers)}`);
  }
  return count;
}
