import type { RunCommand } from "../run-command.ts";

/** The place where a server was found, or the way in which it was installed. */
export type NatsServerSource =
  /** `NATS_SERVER_BIN`. */
  | "environment"
  /** `PATH`, or a folder in which system packages install programs. */
  | "path"
  /** The cache, into which an earlier search installed it. */
  | "cache"
  /** This search installed it with `go install`. */
  | "go"
  /** This search installed it from the Debian or Ubuntu package. */
  | "debian"
  /** This search installed it from a release archive of the NATS project. */
  | "release";

/** A nats-server that has answered `--version`. */
export interface FoundNatsServer {
  /** Absolute path of the program. */
  readonly path: string;
  readonly source: NatsServerSource;
  /** Version of the server, such as `"2.15.2"`. */
  readonly version: string;
}

/** Environment of one search. It contains every property of the machine that a test can replace. */
export interface Search {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly isRoot: boolean;
  /** Folders with servers that are often missing from a user's `PATH`. */
  readonly systemFolders: readonly string[];
  /** Contains one folder per installed server. */
  readonly cacheDir: string;
  /** Address of the release archives: `<base>/v2.14.5/nats-server-v2.14.5-linux-amd64.tar.gz`. */
  readonly releaseBaseUrl: string;
  readonly run: RunCommand;
  /** Prints one line for the user who is waiting. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** Returns the name of the program on a platform. */
export function executableName(search: Pick<Search, "platform">): string {
  return search.platform === "win32" ? "nats-server.exe" : "nats-server";
}

/** Runs `<path> --version` to verify that it is a nats-server that runs on this machine, and returns the version. */
export async function readVersion(path: string, search: Search): Promise<string> {
  const printed = await search.run(path, ["--version"], { timeoutMs: 10_000, signal: search.signal });
  const version = /^nats-server: v?(\S+)/m.exec(printed)?.[1];
  if (version === undefined) throw new Error(`${path} --version does not answer like a nats-server`);
  return version;
}
