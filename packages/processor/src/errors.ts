import { AetherError, type ErrorDetails, type Position, quote } from "@aether/core";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_PROCESSOR_STOPPED: ProcessorStoppedError;
    AETHER_PROCESSOR_MISMATCH: ProcessorMismatchError;
    AETHER_PROCESSOR_RETIRED: ProcessorRetiredError;
    AETHER_WAIT_TIMED_OUT: WaitTimedOutError;
    AETHER_ACTOR_PARKED: ActorParkedError;
    AETHER_LEASE_LOST: LeaseLostError;
  }
}

/**
 * The processor does not run: it has failed, was stopped, or was never started. The `cause` is the error that stopped
 * it, if there was one. The checkpoint is before the event that failed, so another start handles this event again.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_PROCESSOR_STOPPED")) console.log(error.position, error.cause);
 * ```
 */
export class ProcessorStoppedError extends AetherError {
  override readonly name: string = "ProcessorStoppedError";
  readonly code = "AETHER_PROCESSOR_STOPPED" as const;
  /** Name of the processor. */
  declare readonly processor: string;
  /** Reason why it does not run. */
  declare readonly reason: "not started" | "stopped" | "failed";
  /**
   * Position of the event or record that could not be handled; `undefined` if another reason stopped the processor. For
   * a batch, the `position` of the cause, or of the first event.
   */
  declare readonly position: Position | undefined;

  constructor(details: ErrorDetails<ProcessorStoppedError>) {
    const { processor, reason, position, cause } = details;
    const what = cause instanceof Error ? `: ${cause.message}` : "";
    const where = position === undefined ? "" : ` at position ${position}`;
    const text = {
      "not started": "was not started; call start() first",
      stopped: "was stopped; create a new one",
      failed: `has failed${where}${what}; fix the cause, and start a new one`,
    };
    super(`processor ${quote(processor)} ${text[reason]}`, details);
  }
}

/**
 * The processor has other settings in other processes. Nothing was changed.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_PROCESSOR_MISMATCH")) console.log(error.setting, error.actual, error.requested);
 * ```
 */
export class ProcessorMismatchError extends AetherError {
  override readonly name: string = "ProcessorMismatchError";
  readonly code = "AETHER_PROCESSOR_MISMATCH" as const;
  /** Name of the processor. */
  declare readonly processor: string;
  /** Name of the option: `"partitions"`, `"partitionBy"`, `"eventTypes"` or `"actorIdPrefix"`. */
  declare readonly setting: string;
  /** Value of the other processor, as JSON. */
  declare readonly actual: string;
  /** Value of this processor, as JSON. */
  declare readonly requested: string;

  constructor(details: ErrorDetails<ProcessorMismatchError>) {
    const { processor, setting, actual, requested } = details;
    const advice =
      setting === "partitions" || setting === "partitionBy"
        ? "the partitions of a processor cannot be changed, so use another name"
        : "stop the other processes first, or use another name";
    super(
      `processor ${quote(processor)} runs with ${setting} ${actual}, but ${requested} was requested; ${advice}`,
      details,
    );
  }
}

/**
 * The processor was ended for good with `retireProcessor`. It cannot be started again.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_PROCESSOR_RETIRED")) console.log(error.processor);
 * ```
 */
export class ProcessorRetiredError extends AetherError {
  override readonly name: string = "ProcessorRetiredError";
  readonly code = "AETHER_PROCESSOR_RETIRED" as const;
  /** Name of the processor. */
  declare readonly processor: string;

  constructor(details: ErrorDetails<ProcessorRetiredError>) {
    super(`processor ${quote(details.processor)} was ended for good; use another name`, details);
  }
}

/**
 * The processor did not reach the position in time. If there is a `cause`, it explains why no process handles it.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_WAIT_TIMED_OUT")) console.log(error.reached, error.partitionsWithoutOwner);
 * ```
 */
export class WaitTimedOutError extends AetherError {
  override readonly name: string = "WaitTimedOutError";
  readonly code = "AETHER_WAIT_TIMED_OUT" as const;
  /** Name of the processor. */
  declare readonly processor: string;
  /** Position that the call waited for. */
  declare readonly position: Position;
  /** Lowest checkpoint of the partitions that the call waited for; `undefined` if one has no checkpoint yet. */
  declare readonly reached: Position | undefined;
  /**
   * Partitions that no process handles at present. A process that has crashed counts until its lease is over, `leaseMs`
   * after the crash.
   */
  declare readonly partitionsWithoutOwner: readonly number[];
  /** Time that the call waited, in milliseconds. */
  declare readonly timeoutMs: number;

  constructor(details: ErrorDetails<WaitTimedOutError>) {
    const { processor, position, reached, partitionsWithoutOwner, timeoutMs, cause } = details;
    const why = cause instanceof Error ? `; ${cause.message}` : "";
    const state =
      partitionsWithoutOwner.length > 0
        ? `no process handles partition ${partitionsWithoutOwner.join(", ")}; start a process that runs the processor`
        : "wait longer: its handlers may be slow, or the lease of a process that has crashed is not over yet";
    super(
      `processor ${quote(processor)} did not reach position ${position} within ${timeoutMs} ms: ` +
        `it is at ${reached ?? "the beginning"}; ${state}${why}`,
      details,
    );
  }
}

/**
 * An actor is parked: an event of it could not be handled, and its later events wait. Other actors are not affected.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_ACTOR_PARKED")) await processor.retryParked(error.actorId);
 * ```
 */
export class ActorParkedError extends AetherError {
  override readonly name: string = "ActorParkedError";
  readonly code = "AETHER_ACTOR_PARKED" as const;
  /** Name of the processor. */
  declare readonly processor: string;
  /** Id of the parked actor. */
  declare readonly actorId: string;
  /** Position of the event that could not be handled. */
  declare readonly position: Position;

  constructor(details: ErrorDetails<ActorParkedError>) {
    const { processor, actorId, position } = details;
    super(
      `processor ${quote(processor)} has parked actor ${quote(actorId)} at position ${position}; ` +
        "fix the cause, then call retryParked or discardParked",
      details,
    );
  }
}

/**
 * The process may no longer handle a partition, because another process has taken it over or could do so. It is the
 * reason of the `signal` that handlers receive.
 *
 * @example
 * ```ts
 * signal.addEventListener("abort", () => {
 *   if (isAetherError(signal.reason, "AETHER_LEASE_LOST")) console.log(signal.reason.partition);
 * });
 * ```
 */
export class LeaseLostError extends AetherError {
  override readonly name: string = "LeaseLostError";
  readonly code = "AETHER_LEASE_LOST" as const;
  /** Name of the processor. */
  declare readonly processor: string;
  /** Number of the partition. */
  declare readonly partition: number;

  constructor(details: ErrorDetails<LeaseLostError>) {
    const { processor, partition } = details;
    super(
      `processor ${quote(processor)} has lost partition ${partition} to another process, or could not renew ` +
        "its lease; end the handler, because another process handles the event again",
      details,
    );
  }
}
