import { RetryError } from "./retry-error.ts";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_RETRY_QUEUE_FULL: RetryQueueFullError;
  }
}

export interface RetryQueueFullDetails {
  readonly actorId: string;
  readonly capacity: number;
  readonly roomTimeoutMs: number;
}

/** No room came free in the queue in time. What was to be appended is not in it, and nothing was saved. */
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
