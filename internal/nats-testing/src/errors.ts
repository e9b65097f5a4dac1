import { goModule, goVersion } from "./find/pinned.ts";

/** A failed step of the search for a server. */
export interface FindAttempt {
  /** `"NATS_SERVER_BIN"`, `"PATH"`, `"cache"`, `"go install"`, `"Debian package"` or `"release archive"`. */
  readonly step: string;
  readonly cause: unknown;
}

/**
 * No working nats-server was found and none could be installed, or the file that `NATS_SERVER_BIN` names does not run.
 */
export class NatsServerNotFoundError extends Error {
  override readonly name: string = "NatsServerNotFoundError";
  readonly code = "NATS_SERVER_NOT_FOUND" as const;
  /** All failed steps, in order. */
  readonly attempts: readonly FindAttempt[];

  constructor(attempts: readonly FindAttempt[]) {
    super(describe(attempts), { cause: attempts.at(-1)?.cause });
    this.attempts = attempts;
  }
}

/** Details of a server that did not start. */
export interface NatsServerStartDetails {
  readonly binary: string;
  /** The reason, as the end of a sentence that begins with "it", such as "exited with code 1". */
  readonly reason: string;
  readonly exitCode?: number | null;
  readonly log: readonly string[];
  readonly cause?: unknown;
}

/** A nats-server was found but did not start: it exited, was not ready in time, or could not be run. */
export class NatsServerStartError extends Error {
  override readonly name: string = "NatsServerStartError";
  readonly code = "NATS_SERVER_START_FAILED" as const;
  readonly binary: string;
  /** Exit code of the server, or `null` if it was killed or never ran. */
  readonly exitCode: number | null;
  /** The last lines of the server's log, at most 20. */
  readonly log: readonly string[];

  constructor(details: NatsServerStartDetails) {
    const log = details.log.slice(-20);
    const shown = log.length === 0 ? "It logged nothing." : `The end of its log:\n${log.join("\n")}`;
    super(
      `${details.binary} did not start: it ${details.reason}. ${shown}`,
      details.cause === undefined ? {} : { cause: details.cause },
    );
    this.binary = details.binary;
    this.exitCode = details.exitCode ?? null;
    this.log = log;
  }
}

/** No nats-server answers at the address in `NATS_URL`. */
export class NatsServerUnreachableError extends Error {
  override readonly name: string = "NatsServerUnreachableError";
  readonly code = "NATS_SERVER_UNREACHABLE" as const;
  /** `NATS_URL` without user and password. */
  readonly url: string;

  constructor(url: string, cause: unknown) {
    const shown = url.replace(/^([a-z]+:\/\/)?.*@/, "$1");
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`no nats-server answers at NATS_URL=${shown}: ${why}; start it, or unset NATS_URL to have one started`, {
      cause,
    });
    this.url = shown;
  }
}

function describe(attempts: readonly FindAttempt[]): string {
  const failures = attempts.map(({ step, cause }) => `  ${step}: ${cause instanceof Error ? cause.message : cause}`);
  if (attempts.length === 1 && attempts[0]?.step === "NATS_SERVER_BIN") {
    const fix = "correct it, or unset it to search elsewhere";
    return `NATS_SERVER_BIN names no nats-server that runs; ${fix}\n${failures[0]}`;
  }
  return [
    "no nats-server was found, and none could be installed:",
    ...failures,
    "Do one of these and try again:",
    "  brew install nats-server",
    "  apt-get install nats-server",
    `  go install ${goModule}@v${goVersion}   (then add its folder to PATH)`,
    "  NATS_SERVER_BIN=/path/to/nats-server   (a server to start)",
    "  NATS_URL=nats://host:port   (a running server, for the tests that accept one)",
  ].join("\n");
}
