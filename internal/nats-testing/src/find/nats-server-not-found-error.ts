import { goModule, goVersion } from "./pinned.ts";

/** One way to come by a server, and why it led nowhere. */
export interface FindAttempt {
  /** `"NATS_SERVER_BIN"`, `"PATH"`, `"cache"`, `"go install"`, `"Debian package"` or `"release archive"`. */
  readonly step: string;
  readonly cause: unknown;
}

/** No nats-server that runs was found and none could be installed, or the one that `NATS_SERVER_BIN` names does not run. */
export class NatsServerNotFoundError extends Error {
  override readonly name: string = "NatsServerNotFoundError";
  readonly code = "NATS_SERVER_NOT_FOUND" as const;
  /** All that was tried, in order. */
  readonly attempts: readonly FindAttempt[];

  constructor(attempts: readonly FindAttempt[]) {
    super(describe(attempts), { cause: attempts.at(-1)?.cause });
    this.attempts = attempts;
  }
}

function describe(attempts: readonly FindAttempt[]): string {
  const tried = attempts.map(({ step, cause }) => `  ${step}: ${cause instanceof Error ? cause.message : cause}`);
  if (attempts.length === 1 && attempts[0]?.step === "NATS_SERVER_BIN") {
    return `NATS_SERVER_BIN names no nats-server that runs; correct it, or unset it to search elsewhere\n${tried[0]}`;
  }
  return [
    "no nats-server was found, and none could be installed:",
    ...tried,
    "Do one of these and try again:",
    "  brew install nats-server",
    "  apt-get install nats-server",
    `  go install ${goModule}@v${goVersion}   (then have its folder on PATH)`,
    "  NATS_SERVER_BIN=/path/to/nats-server   (a server to start)",
    "  NATS_URL=nats://host:port   (a running server, for the tests that accept one)",
  ].join("\n");
}
