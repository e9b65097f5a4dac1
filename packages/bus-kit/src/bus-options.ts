import { InvalidArgumentError } from "@aether/core";
import { checkCount, readFields } from "@aether/store-kit";

/** What every bus can be told when it is made. */
export interface BusOptions<Status> {
  /**
   * Hears what needs attention, such as a subscription that drops events, or a handler that throws.
   * @default prints it with `console.error`, without the events
   */
  readonly onStatus?: (status: Status) => void;
  /**
   * How long `close()` waits for what is under way and for handlers, in milliseconds; then it drops what is left.
   * @default 5_000
   */
  readonly drainTimeoutMs?: number;
}

/** {@link BusOptions} with the defaults filled in. */
export interface ResolvedBusOptions<Status> {
  /** Hears what needs attention; without it, the console does. */
  readonly onStatus: ((status: Status) => void) | undefined;
  /** How long `close()` waits for handlers, in milliseconds. */
  readonly drainTimeoutMs: number;
}

/** The longest time that a timer can wait. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/**
 * Checks the options and fills in the defaults.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const { drainTimeoutMs } = resolveBusOptions({}); // 5000
 * ```
 */
export function resolveBusOptions<Status>(options: BusOptions<Status>): ResolvedBusOptions<Status> {
  const { onStatus, drainTimeoutMs = 5_000 } = readFields(options, "options", ["onStatus", "drainTimeoutMs"]);
  if (onStatus !== undefined && typeof onStatus !== "function") {
    throw invalid("options.onStatus", "must be a function");
  }
  checkCount(drainTimeoutMs, "options.drainTimeoutMs");
  if (drainTimeoutMs > MAX_TIMEOUT_MS) throw invalid("options.drainTimeoutMs", `must be at most ${MAX_TIMEOUT_MS}`);
  return { onStatus, drainTimeoutMs };
}

function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason });
}
