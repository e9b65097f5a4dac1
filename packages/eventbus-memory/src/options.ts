import { InvalidArgumentError } from "@aether/core";
import type { SubscriptionStatus } from "@aether/subscriptions";

/** How a bus in memory is made. */
export interface MemoryEventBusOptions {
  /**
   * Hears what needs attention: a subscription that drops events, a handler or a filter that throws.
   * @default prints it with `console.error`
   */
  readonly onStatus?: (status: SubscriptionStatus) => void;
  /**
   * How long `close()` waits for handlers to take what waits for them, in milliseconds; then it is dropped.
   * @default 5_000
   */
  readonly drainTimeoutMs?: number;
}

/** The longest time that a timer can wait. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** Checks the options and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function resolveOptions(options: MemoryEventBusOptions): {
  readonly onStatus: MemoryEventBusOptions["onStatus"];
  readonly drainTimeoutMs: number;
} {
  if (typeof options !== "object" || options === null) throw invalid("options", "must be an object");
  const { onStatus, drainTimeoutMs = 5_000 } = options;
  if (onStatus !== undefined && typeof onStatus !== "function") {
    throw invalid("options.onStatus", "must be a function");
  }
  if (!(Number.isInteger(drainTimeoutMs) && drainTimeoutMs >= 0 && drainTimeoutMs <= MAX_TIMEOUT_MS)) {
    throw invalid("options.drainTimeoutMs", `must be an integer from 0 to ${MAX_TIMEOUT_MS}`);
  }
  return { onStatus, drainTimeoutMs };
}

function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason });
}
