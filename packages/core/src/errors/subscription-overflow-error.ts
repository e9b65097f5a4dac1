import { AetherError, because, quote } from "./aether-error.ts";

export interface SubscriptionOverflowDetails {
  readonly pattern: string;
  readonly bufferSize: number;
  readonly cause?: unknown;
}

/**
 * Events came faster than a subscription with `overflow: "error"` took them, and one of them did not fit. What was
 * buffered before was still handed out; the subscription has ended.
 */
export class SubscriptionOverflowError extends AetherError {
  override readonly name: string = "SubscriptionOverflowError";
  readonly code = "AETHER_SUBSCRIPTION_OVERFLOW" as const;
  readonly pattern: string;
  /** How many events its buffer takes. */
  readonly bufferSize: number;

  constructor(details: SubscriptionOverflowDetails) {
    super(
      `the subscription to ${quote(details.pattern)} has ended: ${details.bufferSize} events were waiting when ` +
        "another one came; take them faster, give it a larger bufferSize, or let it drop events",
      because(details),
    );
    this.pattern = details.pattern;
    this.bufferSize = details.bufferSize;
  }
}
