import { invalid } from "@aether/core";
import { checkCount, readFields } from "@aether/store-kit";
import { type Report, reportTo } from "./status.ts";

/** Constructor options of every bus. */
export interface BusOptions<Status> {
  /**
   * Called for problems, for example when a subscription drops events or a handler throws.
   * @default prints statuses with `console.error`, without events
   */
  readonly onStatus?: ((status: Status) => void) | undefined;
  /**
   * Maximum time that `close()` waits for events in flight and for handlers, in milliseconds. Events that still
   * wait for a handler after that are dropped.
   * @default 5_000
   */
  readonly drainTimeoutMs?: number | undefined;
}

/** Checked {@link BusOptions}, with the defaults filled in. */
export interface ResolvedBusOptions<Status> {
  /** Reports a status to `onStatus`, or prints it. */
  readonly report: Report<Status>;
  /** Maximum time that `close()` waits, in milliseconds. */
  readonly drainTimeoutMs: number;
}

/** The longest delay of a JavaScript timer, in milliseconds. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/**
 * Checks the options of a bus and fills in the defaults.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const { drainTimeoutMs } = resolveBusOptions({}); // 5000
 * ```
 */
export function resolveBusOptions<Status extends { readonly type: string }>(
  options: BusOptions<Status>,
): ResolvedBusOptions<Status> {
  const { onStatus, drainTimeoutMs = 5_000 } = readFields(options, "options", ["onStatus", "drainTimeoutMs"]);
  if (onStatus !== undefined && typeof onStatus !== "function") {
    throw invalid("options.onStatus", "must be a function");
  }
  checkCount(drainTimeoutMs, "options.drainTimeoutMs");
  if (drainTimeoutMs > MAX_TIMEOUT_MS) throw invalid("options.drainTimeoutMs", `must be at most ${MAX_TIMEOUT_MS}`);
  return { report: reportTo(onStatus), drainTimeoutMs };
}
