import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { SaveRequest } from "./save-request.ts";

/** A commit ends by its own time limit. The time of its saves may exceed that limit by this part of it. */
const GRACE = 0.05;

/** Number of checks for late saves within the time limit. */
const CHECKS = 50;

/**
 * Ends saves whose time is over, while they wait for earlier saves of their actor or for a slot, or share a commit that
 * began late. All saves share one timer: one for each would cost more than the rest of the bookkeeping.
 */
export class SaveTimeouts {
  readonly #waiting = new Set<SaveRequest>();
  readonly #limitMs: number;
  readonly #graceMs: number;
  readonly #checkMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(ackTimeoutMs: number) {
    this.#graceMs = ackTimeoutMs * GRACE;
    this.#limitMs = ackTimeoutMs + this.#graceMs;
    this.#checkMs = Math.max(1, Math.min(50, ackTimeoutMs / CHECKS));
  }

  /** Ends the save once its time is over, unless it is settled before. */
  start(request: SaveRequest): void {
    this.#waiting.add(request);
    this.#timer ??= setInterval(() => this.#endLate(), this.#checkMs);
  }

  /** Leaves a save to its commit, which begins now, if the commit's own limit ends it in time. */
  leaveToCommit(request: SaveRequest): void {
    if (request.ageMs <= this.#graceMs) this.#waiting.delete(request);
  }

  stop(request: SaveRequest): void {
    this.#waiting.delete(request);
  }

  #endLate(): void {
    for (const request of this.#waiting) {
      if (request.ageMs > this.#limitMs) request.withdraw(new NoReplyError("time-out", request.actor.subject));
    }
    if (this.#waiting.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
