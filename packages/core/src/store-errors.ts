import { AetherError, type ErrorDetails, quote } from "./errors.ts";

/**
 * The version of the event is not greater than the actor's latest version. Either another writer was first, or an
 * earlier attempt of the same save succeeded (`sameEvent`). The rejected save stored nothing.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_VERSION_CONFLICT") && !error.sameEvent) console.log(error.currentVersion);
 * ```
 */
export class VersionConflictError extends AetherError {
  override readonly name: string = "VersionConflictError";
  readonly code = "AETHER_VERSION_CONFLICT" as const;
  /** Actor of the event. */
  declare readonly actorId: string;
  /** Version that the writer tried to save. For a batch, its first version. */
  declare readonly attemptedVersion: number;
  /** Latest version of the actor when the store rejected the save. */
  declare readonly currentVersion: number;
  /**
   * True if an event with the same id is already stored at the attempted version. For a batch, true if this applies to
   * every event. If it is true, an earlier attempt of the save succeeded, so there is nothing left to do.
   */
  declare readonly sameEvent: boolean;

  constructor(details: VersionConflictDetails) {
    super(describe(details), { ...details, sameEvent: details.sameEvent ?? false });
  }
}

/** Constructor details of {@link VersionConflictError}. */
export type VersionConflictDetails = Omit<ErrorDetails<VersionConflictError>, "sameEvent"> & {
  /** @default false */
  readonly sameEvent?: boolean | undefined;
};

function describe({ actorId, attemptedVersion, currentVersion, sameEvent }: VersionConflictDetails): string {
  const actor = `actor ${quote(actorId)}`;
  return sameEvent
    ? `this event is already stored as version ${attemptedVersion} of ${actor}; there is nothing left to do`
    : `version ${attemptedVersion} of ${actor} was not saved: the latest version is ${currentVersion}; ` +
        "read the new events, decide again, and save the version after the last one";
}

/**
 * An event is invalid. Nothing was stored or published.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_INVALID_EVENT")) console.log(error.path, error.reason);
 * ```
 */
export class InvalidEventError extends AetherError {
  override readonly name: string = "InvalidEventError";
  readonly code = "AETHER_INVALID_EVENT" as const;
  /**
   * Path to the offending value: `"data.lines[3].price"` or, in a batch, `"[1].version"`. Empty if that value is the
   * event itself.
   */
  declare readonly path: string;
  /** Reason, phrased to follow the path: `"must be a string"`. */
  declare readonly reason: string;

  constructor(details: ErrorDetails<InvalidEventError>) {
    super(`invalid event: ${details.path === "" ? "it" : details.path} ${details.reason}`, details);
  }
}

/**
 * An argument or an option, other than an event, is invalid. The call had no effect.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_INVALID_ARGUMENT")) console.log(error.argument, error.reason);
 * ```
 */
export class InvalidArgumentError extends AetherError {
  override readonly name: string = "InvalidArgumentError";
  readonly code = "AETHER_INVALID_ARGUMENT" as const;
  /** Name of the argument, or the path to the offending part of it: `"fromVersion"`, `"snapshot.state.total"`. */
  declare readonly argument: string;
  /** Reason, phrased to follow the name: `"must be a function"`. */
  declare readonly reason: string;

  constructor(details: ErrorDetails<InvalidArgumentError>) {
    super(`${details.argument} ${details.reason}`, details);
  }
}

/**
 * Returns the error for an invalid argument.
 *
 * @example
 * ```ts
 * const onRetry: unknown = "log";
 * if (typeof onRetry !== "function") throw invalid("options.onRetry", "must be a function");
 * ```
 */
export function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason });
}

/**
 * An event or a batch is too large for one record of the store. A batch is never split. Nothing was stored.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_EVENT_TOO_LARGE")) console.log(error.sizeBytes, error.limitBytes);
 * ```
 */
export class EventTooLargeError extends AetherError {
  override readonly name: string = "EventTooLargeError";
  readonly code = "AETHER_EVENT_TOO_LARGE" as const;
  /** Actor of the event or batch. */
  declare readonly actorId: string;
  /** Encoded size of the event or batch, in bytes. */
  declare readonly sizeBytes: number;
  /** Largest encoded size that the store accepts, in bytes; `undefined` if the store could not determine it. */
  declare readonly limitBytes: number | undefined;

  constructor(details: ErrorDetails<EventTooLargeError>) {
    const { actorId, sizeBytes, limitBytes } = details;
    const limit =
      limitBytes === undefined
        ? "more than a server on the way accepts"
        : `but the limit of the store is ${limitBytes}`;
    super(
      `the event or batch of actor ${quote(actorId)} has ${sizeBytes} bytes, ${limit}; ` +
        "save fewer events at once, or keep large content elsewhere and refer to it",
      details,
    );
  }
}

/**
 * The outcome of a write is unknown: no answer arrived in time, or the caller stopped waiting. Save the same events
 * again with the same ids and versions. If the first save succeeded, the store rejects the second one with a version
 * conflict whose `sameEvent` is true. After the write of a document, read the document.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) console.log(`save again with the ids ${error.eventIds}`);
 * ```
 */
export class OutcomeUnknownError extends AetherError {
  override readonly name: string = "OutcomeUnknownError";
  readonly code = "AETHER_OUTCOME_UNKNOWN" as const;
  /** Actor of the events; `undefined` after the write of a document. */
  declare readonly actorId: string | undefined;
  /** Ids of the events, including those that the store generated. Use them to save the events again. */
  declare readonly eventIds: readonly string[];
  /** The document that was to be written or deleted; `undefined` after a save of events. */
  declare readonly document: { readonly collection: string; readonly id: string } | undefined;

  constructor(details: OutcomeUnknownDetails) {
    super(describeUnknown(details), {
      actorId: undefined,
      document: undefined,
      ...details,
      eventIds: Object.freeze([...(details.eventIds ?? [])]),
    });
  }
}

/** Constructor details of {@link OutcomeUnknownError}: of a save of events, or of the write of a document. */
export type OutcomeUnknownDetails = { readonly cause?: unknown } & (
  | {
      readonly actorId: string;
      readonly eventIds: readonly string[];
      readonly document?: undefined;
    }
  | {
      readonly actorId?: undefined;
      readonly eventIds?: undefined;
      readonly document: { readonly collection: string; readonly id: string };
    }
);

function describeUnknown({ actorId, eventIds, document }: OutcomeUnknownDetails): string {
  return document === undefined
    ? `it is unknown whether ${eventIds.length} event(s) of actor ${quote(actorId)} were saved; ` +
        "save them again with the same ids and versions to find out"
    : `it is unknown whether document ${quote(document.id)} of collection ${quote(document.collection)} was written; ` +
        "read the document to find out";
}

/**
 * The store's backend did not answer, or rejected the request. Nothing was stored. Trying again later may help.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STORE_UNAVAILABLE")) console.log(error.operation, error.reason);
 * ```
 */
export class StoreUnavailableError extends AetherError {
  override readonly name: string = "StoreUnavailableError";
  readonly code = "AETHER_STORE_UNAVAILABLE" as const;
  /** Failed operation, phrased to follow "could not": `"read the latest version"`. */
  declare readonly operation: string;
  /** Reason for the failure, in words. */
  declare readonly reason: string;

  constructor(details: ErrorDetails<StoreUnavailableError>) {
    super(`the store could not ${details.operation}: ${details.reason}`, details);
  }
}

/**
 * The store does not have the requested capability. The store's manifest, `supports`, lists its capabilities.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_UNSUPPORTED")) console.log(error.capability);
 * ```
 */
export class UnsupportedError extends AetherError {
  override readonly name: string = "UnsupportedError";
  readonly code = "AETHER_UNSUPPORTED" as const;
  /** Name of the missing capability: `"batch"`. */
  declare readonly capability: string;

  constructor(details: ErrorDetails<UnsupportedError>) {
    super(`the store does not have the capability ${details.capability}; check supports() before you use it`, details);
  }
}

/**
 * The store was closed before the call. The call had no effect.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STORE_CLOSED")) console.log("open another store");
 * ```
 */
export class StoreClosedError extends AetherError {
  override readonly name: string = "StoreClosedError";
  readonly code = "AETHER_STORE_CLOSED" as const;

  constructor(details: ErrorDetails<StoreClosedError> = {}) {
    super("the store is closed; open another one", details);
  }
}

/**
 * The first of the requested events have expired, so a state computed from the rest would be wrong. Start from a
 * snapshot, or open the store with the option to accept truncated histories, if it has one.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_HISTORY_TRUNCATED")) console.log(`readable from version ${error.firstVersion}`);
 * ```
 */
export class HistoryTruncatedError extends AetherError {
  override readonly name: string = "HistoryTruncatedError";
  readonly code = "AETHER_HISTORY_TRUNCATED" as const;
  /** Actor of the events; `undefined` if the read was of all actors. */
  declare readonly actorId: string | undefined;
  /** First version of the actor that can still be read; `undefined` if all its events have expired. */
  declare readonly firstVersion: number | undefined;

  constructor(details: ErrorDetails<HistoryTruncatedError>) {
    const { actorId, firstVersion } = details;
    const events = actorId === undefined ? "the first requested events" : `events of actor ${quote(actorId)}`;
    const extent = firstVersion === undefined ? "all of them" : `those before version ${firstVersion}`;
    super(
      `${events} have expired${actorId === undefined ? "" : `: ${extent}`}; ` +
        'start from a snapshot, or open the store with truncatedHistory: "accept"',
      details,
    );
  }
}

/**
 * The stream of events or documents is not the one that was used before: it was deleted, created again, or restored
 * from an older backup, or a position or a revision is from another store. If the store itself has detected this, every
 * further call fails. Open the store again, and check what is missing. Rebuild results that were computed from the
 * earlier stream.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STREAM_RESET")) console.log(error.reason);
 * ```
 */
export class StreamResetError extends AetherError {
  override readonly name: string = "StreamResetError";
  readonly code = "AETHER_STREAM_RESET" as const;
  /** Name of the stream, or of the place where the store keeps its events. */
  declare readonly streamName: string;
  /** Description of the contradiction that revealed the reset. */
  declare readonly reason: string;

  constructor(details: ErrorDetails<StreamResetError>) {
    super(
      `stream ${details.streamName} is not the one that was used before: ${details.reason}; ` +
        "open the store again, check what is missing, and rebuild everything that was computed from its contents",
      details,
    );
  }
}
