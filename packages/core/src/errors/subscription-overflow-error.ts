import { AetherError, because, quote } from "./aether-error.ts";

/** What {@link SubscriptionOverflowError} is made of. */
export interface SubscriptionOverflowDetails {
  /** What was subscribed to. */
  readonly pattern: string;
  /** How many events its buffer takes. */
  readonly bufferSize: number;
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * Events came faster than a subscription with `overflow: "error"` took them, and one of them did not fit. What was
 * buffered before was still handed out; the subscription has ended.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_SUBSCRIPTION_OVERFLOW")) console.log(error.pattern, error.bufferSize);
 * ```
 */
export class SubscriptionOverflowError extends AetherError {
  override readonly name: string = "SubscriptionOverflowError";
  readonly code = "AETHER_SUBSCRIPTION_OVERFLOW" as const;
  /** What was subscribed to. */
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
