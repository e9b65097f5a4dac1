import { isAetherError } from "@aether/core";
import { pause } from "@aether/nats";
import { isPassing } from "../protocol/api-error.ts";
import { Deadline } from "../protocol/ask-again.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";

/** Pause after a failed attempt, in milliseconds. It doubles with each attempt. */
const MIN_PAUSE_MS = 50;
const MAX_PAUSE_MS = 1_000;

export interface PatienceOptions {
  /** True to repeat requests for as long as their failure may pass. */
  readonly isEndless: boolean;
  /** Time limit of all other requests, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Repeats the failed requests of a read. */
export class Patience {
  readonly #options: PatienceOptions;

  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /**
   * Makes a request, and repeats it after a failure.
   *
   * @param request - is called with the time limit of the attempt
   * @param onFailure - called after each failure
   * @throws the error of the last attempt, `signal.reason`
   */
  async ask<T>(request: (deadline: Deadline) => Promise<T>, onFailure?: () => void): Promise<T> {
    const { isEndless, timeoutMs, signal } = this.#options;
    const beginMs = performance.now();
    for (let failures = 1; ; failures++) {
      try {
        return await request(new Deadline(timeoutMs, signal));
      } catch (error) {
        onFailure?.();
        signal.throwIfAborted();
        const mayTakeLonger = isEndless && (isPassing(error) || isDisconnected(error));
        const isLate = performance.now() - beginMs >= timeoutMs;
        if (this.isHopeless(error) || (isLate && !mayTakeLonger)) throw error;
      }
      await this.pause(failures);
    }
  }

  /** Waits before another attempt, longer after more consecutive failures. @throws `signal.reason` */
  pause(failures: number): Promise<void> {
    return pause(Math.min(MIN_PAUSE_MS * 2 ** (failures - 1), MAX_PAUSE_MS), this.#options.signal);
  }

  /** True if another attempt would fail too. */
  isHopeless(error: unknown): boolean {
    if (isDisconnected(error)) return !this.#options.isEndless;
    return isAetherError(error) || (error instanceof NoReplyError && !error.isPassing);
  }
}

/** True if requests are rejected because the connection is lost. */
function isDisconnected(error: unknown): boolean {
  return error instanceof NoReplyError && error.reason === "disconnected";
}
