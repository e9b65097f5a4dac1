import type { DocumentWrite, Event, Position, StoredEvent, VersionConflictError } from "@aether/core";
import type { Verdict } from "@aether/retry";

/** Circumstances in which a handler is called. */
export interface HandlerContext {
  /** Position of the event; in a batch, of its last event. */
  readonly position: Position;
  /** Number of the partition, from 0. */
  readonly partition: number;
  /**
   * Token of the lease of the partition. Each takeover has a new one, even by the same process. So a handler can keep
   * results in memory as long as the token is the same.
   */
  readonly leaseToken: string;
  /** Number of the attempt, from 1. It starts again at 1 if another process takes over. */
  readonly attempt: number;
  /**
   * Aborted if the process may no longer handle the event: its lease has ended, or `stop` has waited for
   * `stopTimeoutMs`. Pass it to everything that waits.
   */
  readonly signal: AbortSignal;
}

/** Handles one event. If it throws or rejects, the event is not handled. */
export type EventHandler<E extends Event = Event> = (event: E, context: HandlerContext) => unknown;

/** Result of a {@link BatchHandler}. */
export interface BatchResult {
  /**
   * Writes to the document store of the processor, which must have the capability `atomic`. They are stored together
   * with the checkpoint, all or none. If one of them is not possible, the batch is not handled.
   */
  readonly writes: readonly DocumentWrite[];
}

/**
 * Handles several events, in the order of the feed. If it throws or rejects, none of them is handled. It may return
 * writes that are stored together with the checkpoint.
 */
export type BatchHandler<E extends Event = Event> = (
  events: readonly StoredEvent<E>[],
  context: HandlerContext,
  // biome-ignore lint/suspicious/noConfusingVoidType: a handler need not return anything
) => Promise<BatchResult | void> | BatchResult | void;

/** A failed attempt to handle an event. A policy bases its decision on it. */
export interface FailedHandling {
  /** Id of the event's actor; for a batch, of the actor of its first event. */
  readonly actorId: string;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** Milliseconds since the first attempt began. */
  readonly elapsedMs: number;
  /** Value that the handler threw. */
  readonly error: unknown;
  /** The version conflicts among the errors so far, oldest first. At most 100. */
  readonly conflicts: readonly VersionConflictError[];
  /** Wait before this attempt, in milliseconds; 0 for the first attempt. */
  readonly previousDelayMs: number;
}

/**
 * Decides whether and when a failed event is tried again. The policies of `@aether/retry` fit.
 *
 * @example
 * ```ts
 * const fiveTimes: HandlerRetryPolicy = {
 *   onFailure: ({ attempt }) => (attempt < 5 ? { retryAfterMs: 1_000 } : { giveUp: true }),
 * };
 * ```
 */
export interface HandlerRetryPolicy {
  /**
   * Returns the wait before the next attempt, or gives up.
   * @param random - returns a number from 0 up to, but not including, 1
   */
  onFailure(failed: FailedHandling, random: () => number): Verdict;
}

/** A failed attempt after which the event is tried again. */
export interface HandlerRetry extends FailedHandling {
  /** Position of the event; in a batch, of its last event. */
  readonly position: Position;
  /** Wait before the next attempt, in milliseconds. */
  readonly delayMs: number;
}
