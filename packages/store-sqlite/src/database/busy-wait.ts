import { abortable } from "@aether/core";

/** First and longest pause between two attempts to get a lock, in milliseconds. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 16;

/**
 * The pauses between attempts to get a lock that another connection holds. They become longer, and are random, so that
 * waiting processes do not try in step. The event loop is not blocked.
 */
export class BusyWait {
  #longestMs = FIRST_PAUSE_MS;

  /** @throws `signal.reason` */
  pause(signal?: AbortSignal | undefined): Promise<void> {
    const ms = Math.ceil(Math.random() * this.#longestMs);
    this.#longestMs = Math.min(this.#longestMs * 2, LONGEST_PAUSE_MS);
    return abortable(new Promise((resolve) => setTimeout(resolve, ms)), signal);
  }
}
