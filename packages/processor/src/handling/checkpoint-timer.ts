import { onAbort } from "@aether/core";
import type { Clock } from "@aether/retry";

/** Time until a checkpoint that is due soon, in milliseconds. Calls that waited for the events continue first. */
const SOON_MS = 1;

/** Reason of the signal of a wait. Without a given one, each abort creates an error with a stack. */
const ENDED = new Error("the wait has ended");

/** Decides when the next checkpoint is written. */
export class CheckpointTimer {
  readonly #clock: Clock;
  #isSoon = false;
  #wake: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ends the current wait, or the next one, after a moment. */
  soon(): void {
    this.#isSoon = true;
    this.#wake();
  }

  /** Waits until the next checkpoint is due. Rejects if the signal is aborted. */
  async wait(intervalMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#isSoon) {
      const ended = new AbortController();
      const stopListening = onAbort(signal, () => ended.abort(ENDED));
      this.#wake = () => ended.abort(ENDED);
      await this.#clock.sleep(intervalMs, ended.signal).catch(() => {});
      this.#wake = () => {};
      stopListening();
    }
    signal.throwIfAborted();
    if (this.#isSoon) await this.#clock.sleep(SOON_MS, signal);
    this.#isSoon = false;
  }
}
