import { AetherError, type ErrorDetails, quote } from "./errors.ts";

/**
 * A namespace, or a pattern of namespaces, is invalid. Nothing was published or subscribed.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_INVALID_NAMESPACE")) console.log(error.namespace, error.reason);
 * ```
 */
export class InvalidNamespaceError extends AetherError {
  override readonly name: string = "InvalidNamespaceError";
  readonly code = "AETHER_INVALID_NAMESPACE" as const;
  /** Invalid namespace or pattern. */
  declare readonly namespace: string;
  /** Reason, phrased to follow the word "it": `"has an empty token"`. */
  declare readonly reason: string;

  constructor(details: ErrorDetails<InvalidNamespaceError>) {
    super(`invalid namespace or pattern ${quote(details.namespace)}: it ${details.reason}`, details);
  }
}

/**
 * An event arrived while the buffer of a subscription with `overflow: "error"` was full. The subscription delivered the
 * events in the buffer and then ended.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_SUBSCRIPTION_OVERFLOW")) console.log(error.pattern, error.bufferSize);
 * ```
 */
export class SubscriptionOverflowError extends AetherError {
  override readonly name: string = "SubscriptionOverflowError";
  readonly code = "AETHER_SUBSCRIPTION_OVERFLOW" as const;
  /** Pattern of the subscription. */
  declare readonly pattern: string;
  /** Capacity of the buffer, in events. */
  declare readonly bufferSize: number;

  constructor(details: ErrorDetails<SubscriptionOverflowError>) {
    super(
      `the subscription to ${quote(details.pattern)} has ended: ${details.bufferSize} events were waiting when ` +
        "another one arrived; consume them faster, use a larger bufferSize, or choose to drop events",
      details,
    );
  }
}

/**
 * A subscription was iterated a second time. Subscribe again to receive more events.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_SUBSCRIPTION_USED")) console.log(`subscribe to ${error.pattern} again`);
 * ```
 */
export class SubscriptionUsedError extends AetherError {
  override readonly name: string = "SubscriptionUsedError";
  readonly code = "AETHER_SUBSCRIPTION_USED" as const;
  /** Pattern of the subscription. */
  declare readonly pattern: string;

  constructor(details: ErrorDetails<SubscriptionUsedError>) {
    super(`the subscription to ${quote(details.pattern)} was already iterated; subscribe again to read more`, details);
  }
}

/**
 * The bus was closed before the call. The call had no effect.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_BUS_CLOSED")) console.log("open another bus");
 * ```
 */
export class BusClosedError extends AetherError {
  override readonly name: string = "BusClosedError";
  readonly code = "AETHER_BUS_CLOSED" as const;

  constructor(details: ErrorDetails<BusClosedError> = {}) {
    super("the event bus is closed; open another one", details);
  }
}
