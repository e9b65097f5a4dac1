import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { SaveRequest } from "./save-request.ts";

/** A commit ends by its own time limit. The time of its saves may exceed that limit by this part of it. */
const GRACE = 0.05;

/** Number of checks for late saves within the time limit. */
const CHECKS = 50;

/**
 * Ends saves whose time is over, while they wait for earlier saves of their actor or for a slot, or share a commit that
 * began late. One timer looks at the pending saves: a timer or a set entry for each save would cost far more.
 */
export class SaveTimeouts {
  readonly #pending: () => Iterable<SaveRequest>;
  readonly #limitMs: number;
  readonly #graceMs: number;
  readonly #checkMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  /** @param pending - returns the saves that no commit ends in time */
  constructor(ackTimeoutMs: number, pending: () => Iterable<SaveRequest>) {
    this.#pending = pending;
    this.#graceMs = ackTimeoutMs * GRACE;
    this.#limitMs = ackTimeoutMs + this.#graceMs;
    this.#checkMs = Math.max(1, Math.min(50, ackTimeoutMs / CHECKS));
  }

  /** Starts the checks. They stop by themselves once no save is pending. */
  start(): void {
    this.#timer ??= setInterval(() => this.#endLate(), this.#checkMs);
  }

  /** Returns true if the time limit of a commit that begins now ends its saves in time. */
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
