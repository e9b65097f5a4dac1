import { RetryError } from "./retry-error.ts";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_RETRY_QUEUE_FULL: RetryQueueFullError;
  }
}

/** What {@link RetryQueueFullError} is made of. */
export interface RetryQueueFullDetails {
  /** The actor of the append that was not taken. */
  readonly actorId: string;
  /** How many appends the queue holds. */
  readonly capacity: number;
  /** How long it waited for room, in milliseconds. */
  readonly roomTimeoutMs: number;
}

/**
 * No room came free in the queue in time. What was to be appended is not in it, and nothing was saved.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_RETRY_QUEUE_FULL")) console.log(error.capacity, error.roomTimeoutMs);
 * ```
 */
export class RetryQueueFullError extends RetryError {
  override readonly name: string = "RetryQueueFullError";
  readonly code = "AETHER_RETRY_QUEUE_FULL" as const;
  /** How many appends the queue holds. */
  declare readonly capacity: number;
  /** How long it waited for room, in milliseconds. */
  declare readonly roomTimeoutMs: number;

  constructor(details: RetryQueueFullDetails) {
    super(
      `no room in the queue of ${details.capacity} within ${details.roomTimeoutMs} ms; append more slowly`,
      details,
    );
  }
}
