export interface NatsServerStartDetails {
  readonly binary: string;
  /** What happened, as the end of a sentence: "exited with code 1". */
  readonly reason: string;
  readonly exitCode?: number | null;
  readonly log: readonly string[];
  readonly cause?: unknown;
}

/** A nats-server was found but did not come up: it exited, was not ready in time, or could not be run at all. */
export class NatsServerStartError extends Error {
  override readonly name: string = "NatsServerStartError";
  readonly code = "NATS_SERVER_START_FAILED" as const;
  readonly binary: string;
  /** Its exit code; `null` if it was killed or never ran. */
  readonly exitCode: number | null;
  /** The last lines of its log. */
  readonly log: readonly string[];

  constructor(details: NatsServerStartDetails) {
    const log = details.log.slice(-20);
    const shown = log.length === 0 ? "It logged nothing." : `Its last words:\n${log.join("\n")}`;
    super(
      `${details.binary} did not start: it ${details.reason}. ${shown}`,
      details.cause === undefined ? {} : { cause: details.cause },
    );
    this.binary = details.binary;
    this.exitCode = details.exitCode ?? null;
    this.log = log;
  }
}
