import { abortable } from "@aether/core";
import { pause } from "@aether/nats";
import { ApiError, isPassing } from "./api-error.ts";
import { NoReplyError } from "./no-reply-error.ts";

/** Pause between attempts, in milliseconds. It is long enough not to overload a server that is starting. */
const RETRY_PAUSE_MS = 50;

/**
 * The time limit of one call to the store. All requests of the call share the limit, so the call ends in time,
 * regardless of the number of its requests.
 */
export class Deadline {
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
  readonly #limitMs: number;
  #endMs: number;

  constructor(limitMs: number, signal?: AbortSignal | undefined) {
    this.signal = signal;
    this.#limitMs = limitMs;
    this.#endMs = performance.now() + limitMs;
  }

  /** Time left, in milliseconds. */
  get leftMs(): number {
    return Math.max(0, this.#endMs - performance.now());
  }

  get isOver(): boolean {
    return this.leftMs === 0;
  }

  /** Time limit of one request, in milliseconds: a third of the whole, so that a lost request can be resent. */
  get requestTimeoutMs(): number {
    return Math.max(1, Math.min(Math.ceil(this.#limitMs / 3), this.leftMs));
  }

  /** Restarts the time limit. Called when a part of the result has arrived. */
  renew(): void {
    this.#endMs = performance.now() + this.#limitMs;
  }

  /**
   * Waits for a promise until the time limit.
   * @throws the promise's reason, NoReplyError if the time is over, `signal.reason`
   */
  async limit<T>(promise: Promise<T>, subject: string): Promise<T> {
    const settled = new AbortController();
    const late = pause(this.leftMs, settled.signal).then(() => Promise.reject(new NoReplyError("time-out", subject)));
    try {
      return await abortable(Promise.race([promise, late]), this.signal);
    } finally {
      settled.abort();
    }
  }

  /**
   * Returns the error that says why a call has failed. The last of several attempts may have too little time left for
   * an answer, so its time-out says less than the error before.
   */
  reasonAfter(error: unknown, before: unknown): unknown {
    const isCutShort = this.isOver && error instanceof NoReplyError && error.reason === "time-out";
    return isCutShort ? (before ?? error) : error;
  }

  /** Waits before the next attempt. @throws `signal.reason` */
  pause(): Promise<void> {
    return pause(Math.min(RETRY_PAUSE_MS, this.leftMs), this.signal);
  }
}

/**
 * Repeats a request until it succeeds, it fails with an error that is not worth a retry, or the time is over.
 *
 * @throws the error of the last attempt that had enough time, `signal.reason`
 */
export async function askAgain<T>(
  deadline: Deadline,
  ask: (timeoutMs: number) => Promise<T>,
  isWorthIt: (error: unknown) => boolean = isPassing,
): Promise<T> {
  let reason: unknown;
  for (;;) {
    try {
      return await abortable(ask(deadline.requestTimeoutMs), deadline.signal);
    } catch (error) {
      deadline.signal?.throwIfAborted();
      reason = deadline.reasonAfter(error, reason);
      if (deadline.isOver || !isWorthIt(error)) throw reason;
    }
    await deadline.pause();
  }
}

/**
 * True if a request to create or describe a stream may succeed later. If no server responds to such a request,
 * JetStream is disabled, so a retry would fail too.
 */
export function isWorthAskingAgain(error: unknown): boolean {
  if (error instanceof NoReplyError) return error.isPassing && error.reason !== "no responders";
  return isPassing(error) || (error instanceof ApiError && error.is("noSuitablePeers"));
}
