import { RetryError } from "./retry-error.ts";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_RETRY_QUEUE_CLOSED: RetryQueueClosedError;
  }
}

/** What {@link RetryQueueClosedError} is made of. */
export interface RetryQueueClosedDetails {
  /** The actor of the append that was not taken. */
  readonly actorId: string;
}

/**
 * The queue was closed before it took the append. What was to be appended is not in it, and nothing was saved.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_RETRY_QUEUE_CLOSED")) console.log(error.actorId);
 * ```
 */
export class RetryQueueClosedError extends RetryError {
  override readonly name: string = "RetryQueueClosedError";
  readonly code = "AETHER_RETRY_QUEUE_CLOSED" as const;

  constructor(details: RetryQueueClosedDetails) {
    super("the queue is closed; make another one", details);
  }
}
