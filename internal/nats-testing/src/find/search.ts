import type { RunCommand } from "../run-command.ts";

/** Where a server was found. */
export type NatsServerSource =
  /** `NATS_SERVER_BIN`. */
  | "environment"
  /** `PATH`, or a folder where system packages put servers. */
  | "path"
  /** The cache: some earlier search installed it. */
  | "cache"
  /** This search installed it, by `go install`. */
  | "go"
  /** This search installed it, from Debian's or Ubuntu's package. */
  | "debian"
  /** This search installed it, from the project's release archive. */
  | "release";

/** A nats-server that runs: its `--version` was asked. */
export interface FoundNatsServer {
  /** Absolute. */
  readonly path: string;
  readonly source: NatsServerSource;
  /** `"2.15.2"`. */
  readonly version: string;
}

/** The world as one search sees it: everything that a test of a step wants to choose. */
export interface Search {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly isRoot: boolean;
  /** Folders that hold servers although they are often not on a user's `PATH`. */
  readonly systemFolders: readonly string[];
  /** Holds one folder per installed server. */
  readonly cacheDir: string;
  /** Where release archives are: `<base>/v2.14.5/nats-server-v2.14.5-linux-amd64.tar.gz`. */
  readonly releaseBaseUrl: string;
  readonly run: RunCommand;
  /** Tells the person who waits. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/** What the program is called on this platform. */
export function executableName(search: Pick<Search, "platform">): string {
  return search.platform === "win32" ? "nats-server.exe" : "nats-server";
}
