import { AetherError, type ErrorDetails, quote } from "@aether/core";

/**
 * In every attempt to save, another writer saved first, each time with a version below the requested one. Nothing was
 * stored. Save the version after the latest one, or try again later.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_CONTENTION")) console.log(error.attempts);
 * ```
 */
export class ContentionError extends AetherError {
  override readonly name: string = "ContentionError";
  readonly code = "AETHER_CONTENTION" as const;
  /** Actor of the event. */
  declare readonly actorId: string;
  /** Number of attempts. In each of them, another writer saved first. */
  declare readonly attempts: number;

  constructor(details: ErrorDetails<ContentionError>) {
    super(
      `other writers saved to actor ${quote(details.actorId)} during each of ${details.attempts} attempts; ` +
        "save the version after the latest one, not one far ahead, or try again later",
      details,
    );
  }
}

/**
 * The stream, its account or the server has reached a limit, for example of its storage or of the number of streams.
 * Nothing was stored. Events that were stored earlier are safe.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STORE_FULL")) console.log(error.streamName, error.reason);
 * ```
 */
export class StoreFullError extends AetherError {
  override readonly name: string = "StoreFullError";
  readonly code = "AETHER_STORE_FULL" as const;
  /** Name of the stream on the server. */
  declare readonly streamName: string;
  /** The answer from JetStream, and what to do, in words. */
  declare readonly reason: string;

  constructor(details: ErrorDetails<StoreFullError>) {
    super(`nothing was stored in stream ${details.streamName}, because a limit is reached: ${details.reason}`, details);
  }
}

/**
 * A stored message is too large to be read over this connection: it exceeds the `max_payload` of the connection's
 * server. Another client stored it over a server with a higher limit. Raise the limit, or connect to a server of the
 * stream.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_MESSAGE_TOO_LARGE")) console.log(error.sizeBytes, error.limitBytes);
 * ```
 */
export class MessageTooLargeError extends AetherError {
  override readonly name: string = "MessageTooLargeError";
  readonly code = "AETHER_MESSAGE_TOO_LARGE" as const;
  /** Name of the stream on the server. */
  declare readonly streamName: string;
  /** Actor whose events or snapshot the message contains. */
  declare readonly actorId: string;
  /** Sequence of the message in the stream. */
  declare readonly sequence: number;
  /** Size of the message's payload, in bytes. */
  declare readonly sizeBytes: number;
  /** Maximum size of a message, headers and payload, that the connection's server accepts, in bytes. */
  declare readonly limitBytes: number;

  constructor(details: ErrorDetails<MessageTooLargeError>) {
    const { streamName, actorId, sequence, sizeBytes, limitBytes } = details;
    super(
      `message ${sequence} of stream ${streamName}, with data of actor ${quote(actorId)}, has ${sizeBytes} bytes, ` +
        `but the limit of the connection's server is ${limitBytes}; raise its max_payload, or connect to a server of ` +
        "the stream",
      details,
    );
  }
}

/** A stream setting that differs from the requested one, or that the store cannot accept. */
export interface StreamDifference {
  /** Name of the setting in JetStream, such as `"max_age"` (in nanoseconds) or `"num_replicas"`. */
  readonly setting: string;
  /** Value that the store requires or the options request; `undefined` if the setting must not be set. */
  readonly expected: unknown;
  /** Value that the existing stream has; `undefined` if it is not set. */
  readonly actual: unknown;
  /** Reason why the store cannot accept the value, if it is not obvious. */
  readonly explanation?: string | undefined;
}

/**
 * A stream has settings on which the store cannot rely, or that differ from the requested ones. `open` left the stream
 * unchanged, unless the server adopted only a part of an update. If the server rejected the update, `cause` is its
 * answer. If a call on an open store fails with this error, the stream was changed after `open`, and from then on every
 * call fails: correct the stream, and open a new store.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STREAM_MISMATCH")) console.log(error.differences);
 * ```
 */
export class StreamMismatchError extends AetherError {
  override readonly name: string = "StreamMismatchError";
  readonly code = "AETHER_STREAM_MISMATCH" as const;
  /** Name of the stream on the server. */
  declare readonly streamName: string;
  /** Settings that differ or that the store cannot accept. */
  declare readonly differences: readonly StreamDifference[];

  constructor(details: ErrorDetails<StreamMismatchError>) {
    const { streamName, differences, cause } = details;
    const list = differences.map(({ setting, expected, actual, explanation }) => {
      const is = actual === undefined ? "is not set" : `is ${JSON.stringify(actual)}`;
      const rule = expected === undefined ? "but must not be set" : `but must be ${JSON.stringify(expected)}`;
      return `${setting} ${is}, ${rule}${explanation === undefined ? "" : ` (${explanation})`}`;
    });
    const refusal = cause instanceof Error ? `, and the server rejected the update (${cause.message})` : "";
    super(
      `stream ${streamName} has settings that the store cannot accept${refusal}: ${list.join("; ")}; ` +
        "open it with matching options, give the store another name, or change the stream",
      details,
    );
  }
}

/**
 * The stream does not exist, and the store was opened with `stream: "bind"`, which does not create streams.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STREAM_NOT_FOUND")) console.log(error.streamName);
 * ```
 */
export class StreamNotFoundError extends AetherError {
  override readonly name: string = "StreamNotFoundError";
  readonly code = "AETHER_STREAM_NOT_FOUND" as const;
  /** Name of the stream on the server. */
  declare readonly streamName: string;

  constructor(details: ErrorDetails<StreamNotFoundError>) {
    super(`stream ${details.streamName} does not exist; create it, or open the store with stream: "create"`, details);
  }
}

/**
 * The server is too old for a replicated stream: several writers could save the same version. Upgrade the server, or
 * use one replica.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_UNSAFE_SERVER")) console.log(error.serverVersion, error.minimumVersion);
 * ```
 */
export class UnsafeServerError extends AetherError {
  override readonly name: string = "UnsafeServerError";
  readonly code = "AETHER_UNSAFE_SERVER" as const;
  /** Version that the server reports. */
  declare readonly serverVersion: string;
  /** First version that is safe for replicated streams. */
  declare readonly minimumVersion: string;
  /** Number of replicas that the options request or the existing stream has. */
  declare readonly replicaCount: number;

  constructor(details: ErrorDetails<UnsafeServerError>) {
    super(
      `nats-server ${details.serverVersion} can let several writers save the same version on a stream with ` +
        `${details.replicaCount} replicas; run ${details.minimumVersion} or later, or use one replica`,
      details,
    );
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_CONTENTION: ContentionError;
    AETHER_STORE_FULL: StoreFullError;
    AETHER_MESSAGE_TOO_LARGE: MessageTooLargeError;
    AETHER_STREAM_MISMATCH: StreamMismatchError;
    AETHER_STREAM_NOT_FOUND: StreamNotFoundError;
    AETHER_UNSAFE_SERVER: UnsafeServerError;
  }
}
