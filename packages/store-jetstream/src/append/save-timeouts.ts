import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { SaveRequest } from "./save-request.ts";

/**
 * Share of `ackTimeoutMs` that is added to the limit of a save. A commit has a limit of `ackTimeoutMs`. If a commit
 * begins soon after the calls whose events it contains, its limit also ends these saves in time.
 */
const GRACE = 0.05;

/** Number of checks for late saves per `ackTimeoutMs`. */
const CHECKS = 50;

/**
 * Ends saves that exceed their time limit. This covers the saves that a commit's own limit does not end in time: those
 * that wait for earlier saves of their actor or for a slot, and those whose commit began late. One timer checks all of
 * them, because a timer or a set entry per save would cost far more.
 */
export class SaveTimeouts {
  readonly #pending: () => Iterable<SaveRequest>;
  readonly #limitMs: number;
  readonly #graceMs: number;
  readonly #checkMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param pending - returns the saves that the time limit of a commit does not end in time */
  constructor(ackTimeoutMs: number, pending: () => Iterable<SaveRequest>) {
    this.#pending = pending;
    this.#graceMs = ackTimeoutMs * GRACE;
    this.#limitMs = ackTimeoutMs + this.#graceMs;
    this.#checkMs = Math.max(1, Math.min(50, ackTimeoutMs / CHECKS));
  }

  /** Starts the checks. They stop once no save is pending. */
  start(): void {
    this.#timer ??= setInterval(() => this.#endLate(), this.#checkMs);
  }

  /** Returns true if a commit that begins now ends its saves in time. `oldest` is the oldest of the saves. */
  isEndedByCommit(oldest: SaveRequest): boolean {
    return oldest.ageMs <= this.#graceMs;
  }

  #endLate(): void {
    let isPending = false;
    for (const request of this.#pending()) {
      isPending = true;
      if (request.ageMs > this.#limitMs) request.withdraw(new NoReplyError("time-out", request.actor.subject));
    }
    if (isPending) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
