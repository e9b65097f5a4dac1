import { AetherError, because, quote } from "./aether-error.ts";

/** What {@link SubscriptionUsedError} is made of. */
export interface SubscriptionUsedDetails {
  /** What was subscribed to. */
  readonly pattern: string;
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * A subscription was iterated a second time. Its events are gone: subscribe again.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_SUBSCRIPTION_USED")) console.log(`subscribe to ${error.pattern} again`);
 * ```
 */
export class SubscriptionUsedError extends AetherError {
  override readonly name: string = "SubscriptionUsedError";
  readonly code = "AETHER_SUBSCRIPTION_USED" as const;
  /** What was subscribed to. */
  readonly pattern: string;

  constructor(details: SubscriptionUsedDetails) {
    super(
      `the subscription to ${quote(details.pattern)} was iterated before; subscribe again to read more`,
      because(details),
    );
    this.pattern = details.pattern;
  }
}
