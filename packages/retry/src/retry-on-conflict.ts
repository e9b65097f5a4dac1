import { invalid, isVersionConflictError, type VersionConflictError } from "@aether/core";
import { checkFunction } from "./callbacks.ts";
import { retryAttempts } from "./loop/retry-loop.ts";
import { type RetryOptions, retrySettings } from "./loop/retry-options.ts";

/** Input of an operation that {@link retryOnConflict} calls. */
export interface OperationAttempt {
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** The conflict of the previous attempt; `undefined` in the first attempt. */
  readonly conflict: VersionConflictError | undefined;
  /** The signal of the call, to pass on to the store. */
  readonly signal: AbortSignal | undefined;
}

/** Options of {@link retryOnConflict}. */
export interface RetryOnConflictOptions extends RetryOptions {
  /**
   * Id of the actor that the operation writes to. Required if the policy is that of a circuit breaker.
   * @default the actor in the conflict
   */
  readonly actorId?: string | undefined;
}

/**
 * Calls an operation again as long as it rejects with a `VersionConflictError` and the policy allows it. The operation
 * must read the actor again each time; `appendWithRetry` does that for you.
 *
 * All other errors end the call, unchanged. So do these two:
 * - A conflict with `sameEvent`: the event is already stored, and another attempt could store it twice.
 * - An unknown outcome: only the operation knows which events it tried to save.
 *
 * @throws `AETHER_RETRIES_EXHAUSTED`, or the policy's own error: `AETHER_THRASHING`, `AETHER_CIRCUIT_OPEN`
 * @throws `AETHER_INVALID_ARGUMENT` for invalid options, before the operation is called, or if the policy returns an
 * invalid wait
 * @throws `signal.reason`, and the errors that the operation throws
 *
 * @example
 * ```ts
 * const signal = AbortSignal.timeout(5_000);
 * const receipt = await retryOnConflict(async () => {
 *   const version = (await store.getLatestVersion("order-1", { signal })) + 1;
 *   return store.saveEvent(
 *     { actorId: "order-1", version, eventType: "OrderPlaced", data: { item: "lamp" } },
 *     { signal },
 *   );
 * }, { signal });
 * ```
 */
export async function retryOnConflict<Result>(
  operation: (attempt: OperationAttempt) => Result | PromiseLike<Result>,
  options: RetryOnConflictOptions = {},
): Promise<Result> {
  const settings = retrySettings(options);
  checkFunction("operation", operation);
  const { actorId = "" } = options;
  if (!actorId && settings.policy.admit) {
    throw invalid("actorId", "is required: the policy keeps state per actor");
  }
  return retryAttempts(actorId, settings, async (attempt, conflict) => {
    try {
      return { saved: true, result: await operation({ attempt, conflict, signal: settings.signal }) };
    } catch (error) {
      if (isVersionConflictError(error) && !error.sameEvent) return { error };
      throw error;
    }
  });
}
