import type { BusClosedError, StoreClosedError } from "./closed-errors.ts";
import type { EventTooLargeError } from "./event-too-large-error.ts";
import type { InvalidArgumentError } from "./invalid-argument-error.ts";
import type { InvalidEventError } from "./invalid-event-error.ts";
import type { InvalidNamespaceError } from "./invalid-namespace-error.ts";
import type { OutcomeUnknownError } from "./outcome-unknown-error.ts";
import type { StoreUnavailableError } from "./store-unavailable-error.ts";
import type { SubscriptionOverflowError } from "./subscription-overflow-error.ts";
import type { SubscriptionUsedError } from "./subscription-used-error.ts";
import type { UnsupportedError } from "./unsupported-error.ts";
import type { VersionConflictError } from "./version-conflict-error.ts";

/**
 * Every code and its class. A package with errors of its own adds them:
 *
 * @example
 * ```ts
 * declare module "@aether/core" {
 *   interface ErrorsByCode {
 *     MY_STORE_FULL: MyStoreFullError;
 *   }
 * }
 * ```
 */
export interface ErrorsByCode {
  AETHER_VERSION_CONFLICT: VersionConflictError;
  AETHER_INVALID_EVENT: InvalidEventError;
  AETHER_INVALID_ARGUMENT: InvalidArgumentError;
  AETHER_INVALID_NAMESPACE: InvalidNamespaceError;
  AETHER_EVENT_TOO_LARGE: EventTooLargeError;
  AETHER_OUTCOME_UNKNOWN: OutcomeUnknownError;
  AETHER_STORE_UNAVAILABLE: StoreUnavailableError;
  AETHER_STORE_CLOSED: StoreClosedError;
  AETHER_BUS_CLOSED: BusClosedError;
  AETHER_SUBSCRIPTION_OVERFLOW: SubscriptionOverflowError;
  AETHER_SUBSCRIPTION_USED: SubscriptionUsedError;
  AETHER_UNSUPPORTED: UnsupportedError;
}
