import { AetherError, because, quote } from "./aether-error.ts";

export interface SubscriptionUsedDetails {
  readonly pattern: string;
  readonly cause?: unknown;
}

/** A subscription was iterated a second time. Its events are gone: subscribe again. */
export class SubscriptionUsedError extends AetherError {
  override readonly name: string = "SubscriptionUsedError";
  readonly code = "AETHER_SUBSCRIPTION_USED" as const;
  readonly pattern: string;

  constructor(details: SubscriptionUsedDetails) {
    super(
      `the subscription to ${quote(details.pattern)} was iterated before; subscribe again to read more`,
      because(details),
    );
    this.pattern = details.pattern;
  }
}
