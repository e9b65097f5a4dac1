import { RetryError } from "./retry-error.ts";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_RETRY_QUEUE_CLOSED: RetryQueueClosedError;
  }
}

export interface RetryQueueClosedDetails {
  readonly actorId: string;
}

/** The queue was closed before it took the append. What was to be appended is not in it, and nothing was saved. */
export class RetryQueueClosedError extends RetryError {
  override readonly name: string = "RetryQueueClosedError";
  readonly code = "AETHER_RETRY_QUEUE_CLOSED" as const;

  constructor(details: RetryQueueClosedDetails) {
    super("the queue is closed; make another one", details);
  }
}
