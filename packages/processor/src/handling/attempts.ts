import { isVersionConflictError, type Position, type VersionConflictError } from "@aether/core";
import type { Clock } from "@aether/retry";
import type { FailedHandling, HandlerContext, HandlerRetry, HandlerRetryPolicy } from "../handler.ts";
import type { Counters } from "./counters.ts";
import { type HandlerSignal, HandlerSignals } from "./handler-signals.ts";
import type { HandlerInFlight, HandlersInFlight } from "./handlers-in-flight.ts";
import type { Slots } from "./slots.ts";

export interface AttemptsParts {
  readonly policy: HandlerRetryPolicy;
  readonly random: () => number;
  readonly clock: Clock;
  readonly slots: Slots;
  readonly counters: Counters;
  readonly inFlight: HandlersInFlight;
  readonly onRetry: ((retry: HandlerRetry) => void) | undefined;
  readonly partition: number;
  readonly leaseToken: string;
  /** Aborted to abort the signals of all handlers. */
  readonly handlerSignal: AbortSignal;
  /** Aborted when no handler may start any more. */
  readonly stopping: AbortSignal;
  /** Returns true if the process still owns the partition. */
  readonly isOwner: () => boolean;
}

/** Something to handle: an event, or a batch. */
export interface Work {
  readonly actorId: string;
  readonly position: Position;
  readonly call: (context: HandlerContext) => unknown;
}

/** End of all attempts. `"stopped"` means that the work is left to another run. */
export type WorkEnd =
  | { readonly status: "handled" }
  | { readonly status: "failed"; readonly error: unknown; readonly attempts: number }
  | { readonly status: "stopped" };

const HANDLED: WorkEnd = Object.freeze({ status: "handled" });
export const STOPPED: WorkEnd = Object.freeze({ status: "stopped" });
const MAX_CONFLICTS = 100;

/** Calls handlers, and calls them again after failures as the policy decides. */
export class Attempts {
  readonly #parts: AttemptsParts;
  readonly #signals: HandlerSignals;

  constructor(parts: AttemptsParts) {
    this.#parts = parts;
    this.#signals = new HandlerSignals(parts.handlerSignal);
  }

  /** Returns true if a handler may start now. */
  mayStart(): boolean {
    return !this.#parts.stopping.aborted && this.#parts.isOwner();
  }

  /**
   * Makes the first attempt, which needs a slot. The handler is called at once. Returns a promise only if the handler
   * does, or fails.
   */
  first(work: Work): WorkEnd | Promise<WorkEnd> {
    if (!this.mayStart()) return STOPPED;
    const startedMs = this.#parts.clock.now();
    let ended: Promise<void> | undefined;
    try {
      ended = this.#call(work, 1, startedMs);
    } catch (error) {
      return this.#again(work, error, startedMs);
    }
    if (ended === undefined) return HANDLED;
    return ended.then(
      () => HANDLED,
      (error) => this.#again(work, error, startedMs),
    );
  }

  /** Makes all attempts, each in a slot. */
  async all(work: Work): Promise<WorkEnd> {
    const { slots } = this.#parts;
    await new Promise<void>((resume) => slots.take(resume));
    try {
      return await this.first(work);
    } finally {
      slots.release();
    }
  }

  /** Makes all attempts after the first. The slot is free during the waits. */
  async #again(work: Work, firstError: unknown, startedMs: number): Promise<WorkEnd> {
    const { clock, slots, stopping, counters, policy, random, onRetry } = this.#parts;
    const { actorId, position } = work;
    let error = firstError;
    let previousDelayMs = 0;
    let conflicts: readonly VersionConflictError[] = [];
    for (let attempt = 1; ; attempt++) {
      counters.failedAttempts++;
      if (isVersionConflictError(error)) conflicts = [...conflicts, error].slice(-MAX_CONFLICTS);
      if (this.#parts.handlerSignal.aborted) return STOPPED;
      const elapsedMs = clock.now() - startedMs;
      const failed: FailedHandling = { actorId, attempt, elapsedMs, error, conflicts, previousDelayMs };
      try {
        const verdict = policy.onFailure(failed, random);
        if (!("retryAfterMs" in verdict)) {
          return { status: "failed", error: verdict.giveUp === true ? error : verdict.giveUp, attempts: attempt };
        }
        const delayMs = Math.max(0, Number(verdict.retryAfterMs) || 0);
        onRetry?.({ ...failed, position, delayMs });
        previousDelayMs = delayMs;
      } catch (policyError) {
        return { status: "failed", error: policyError, attempts: attempt };
      }
      slots.release();
      await clock.sleep(previousDelayMs, stopping).catch(() => {});
      await new Promise<void>((resume) => slots.take(resume));
      if (!this.mayStart()) return STOPPED;
      try {
        await this.#call(work, attempt + 1, clock.now());
        return HANDLED;
      } catch (next) {
        error = next;
      }
    }
  }

  /** Calls the handler. Returns a promise only if the handler does. */
  #call({ actorId, position, call }: Work, attempt: number, startedMs: number): Promise<void> | undefined {
    const { partition, leaseToken } = this.#parts;
    const own = this.#signals.take();
    let result: unknown;
    try {
      result = call({ position, partition, leaseToken, attempt, signal: own.controller.signal });
    } catch (error) {
      this.#signals.release(own);
      throw error;
    }
    if (isThenable(result)) return this.#untilEnded({ actorId, position, attempt, startedMs }, result, own);
    this.#signals.release(own);
    return undefined;
  }

  async #untilEnded(handler: HandlerInFlight, result: PromiseLike<unknown>, own: HandlerSignal): Promise<void> {
    const { inFlight } = this.#parts;
    inFlight.add(handler);
    try {
      await result;
    } finally {
      inFlight.remove(handler);
      this.#signals.release(own);
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | undefined)?.then === "function";
}
