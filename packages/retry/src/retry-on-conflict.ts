import { isVersionConflictError, type VersionConflictError } from "@aether/core";
import { checkFunction, invalid } from "./invalid.ts";
import { retry } from "./retry-loop.ts";
import { type RetryOptions, settingsOf } from "./retry-options.ts";

/** What an operation is told about the attempt that it makes. */
export interface OperationAttempt {
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** The conflict that the attempt before this one met. */
  readonly conflict: VersionConflictError | undefined;
  /** The signal of the call, to be handed on. */
  readonly signal: AbortSignal | undefined;
}

/** Options of {@link retryOnConflict}. */
export interface RetryOnConflictOptions extends RetryOptions {
  /**
   * The actor that the operation writes to. The policy of a circuit breaker demands it.
   * @default the actor that the conflict names
   */
  readonly actorId?: string;
}

/**
 * Calls an operation again as long as it rejects with a `VersionConflictError` and the policy allows it. The operation
 * must read what it builds on anew each time: `appendWithRetry` sees to that by itself.
 *
 * Any other error ends the call untouched. So does a conflict with `sameEvent`: the event is stored, and an operation
 * that makes a new one would store it twice. So does an unknown outcome, since only the operation knows what it saved.
 *
 * @throws `AETHER_RETRIES_EXHAUSTED`, or the policy's own error: `AETHER_THRASHING`, `AETHER_CIRCUIT_OPEN`
 * @throws `AETHER_INVALID_ARGUMENT` for options that make no sense, before anything is done
 * @throws `signal.reason`, and what the operation throws
 *
 * @example
 * ```ts
 * const signal = AbortSignal.timeout(5_000);
 * const receipt = await retryOnConflict(async () => {
 *   const version = (await store.getLatestVersion("order-1", { signal })) + 1;
 *   return store.saveEvent({ actorId: "order-1", version, eventType: "OrderPlaced", data: { item: "lamp" } }, { signal });
 * }, { signal });
 * ```
 */
export async function retryOnConflict<Result>(
  operation: (attempt: OperationAttempt) => Result | PromiseLike<Result>,
  options: RetryOnConflictOptions = {},
): Promise<Result> {
  const settings = settingsOf(options);
  checkFunction("operation", operation);
  const { actorId = "" } = options;
  if (!actorId && settings.policy.admit) {
    throw invalid("actorId", "must be given: the policy keeps state per actor");
  }
  return retry(actorId, settings, async (attempt, conflict) => {
    try {
      return { outcome: "saved", result: await operation({ attempt, conflict, signal: settings.signal }) };
    } catch (error) {
      if (isVersionConflictError(error) && !error.sameEvent) return { outcome: "conflict", error };
      throw error;
    }
  });
}
