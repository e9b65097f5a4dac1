import { AetherError } from "@aether/core";

/** A subscription was iterated a second time. Its events are gone: subscribe again. */
export class SubscriptionUsedError extends AetherError {
  override readonly name: string = "SubscriptionUsedError";
  readonly code = "AETHER_SUBSCRIPTION_USED" as const;
  readonly pattern: string;

  constructor(details: { readonly pattern: string }) {
    super(`the subscription to ${JSON.stringify(details.pattern)} was iterated before; subscribe again to read more`);
    this.pattern = details.pattern;
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_SUBSCRIPTION_USED: SubscriptionUsedError;
  }
}
