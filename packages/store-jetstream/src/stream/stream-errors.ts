import { AetherError } from "@aether/core";

/** A setting of a stream that is not as it was asked for. */
export interface StreamDifference {
  /** The setting, as JetStream spells it: `"max_age"` (nanoseconds), `"num_replicas"`. */
  readonly setting: string;
  /** What the store needs, or was told. */
  readonly expected: unknown;
  /** What the stream has. */
  readonly actual: unknown;
}

/**
 * There is a stream of this name, but it is not the store that was asked for. Nothing was changed.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STREAM_MISMATCH")) console.log(error.differences);
 * ```
 */
export class StreamMismatchError extends AetherError {
  override readonly name: string = "StreamMismatchError";
  readonly code = "AETHER_STREAM_MISMATCH" as const;
  /** The name of the stream, as the server knows it. */
  readonly streamName: string;
  /** Each setting that is not as asked. */
  readonly differences: readonly StreamDifference[];

  constructor(details: { readonly streamName: string; readonly differences: readonly StreamDifference[] }) {
    const list = details.differences.map(
      ({ setting, expected, actual }) => `${setting} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`,
    );
    super(
      `stream ${details.streamName} is not configured as asked: ${list.join("; ")}; ` +
        "open it with options that match, give the store another name, or change the stream",
    );
    this.streamName = details.streamName;
    this.differences = details.differences;
  }
}

/**
 * There is no stream of this name, and the store was told to make none.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STREAM_NOT_FOUND")) console.log(error.streamName);
 * ```
 */
export class StreamNotFoundError extends AetherError {
  override readonly name: string = "StreamNotFoundError";
  readonly code = "AETHER_STREAM_NOT_FOUND" as const;
  /** The name of the stream, as the server knows it. */
  readonly streamName: string;

  constructor(details: { readonly streamName: string }) {
    super(`there is no stream ${details.streamName}; make it, or open the store with stream: "create"`);
    this.streamName = details.streamName;
  }
}

/**
 * The stream is not the one any more that the store was opened on: it was deleted and made anew, or an older backup was
 * restored. Nothing that the store knew holds, so it refuses every call; open another one, and look at what was lost.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_STREAM_RESET")) console.log(error.reason);
 * ```
 */
export class StreamResetError extends AetherError {
  override readonly name: string = "StreamResetError";
  readonly code = "AETHER_STREAM_RESET" as const;
  /** The name of the stream, as the server knows it. */
  readonly streamName: string;
  /** How it was noticed. */
  readonly reason: string;

  constructor(details: { readonly streamName: string; readonly reason: string }) {
    super(`stream ${details.streamName} was reset: ${details.reason}; open the store anew, and check what is missing`);
    this.streamName = details.streamName;
    this.reason = details.reason;
  }
}

/**
 * The server is too old to guard a replicated stream: it lets several writers of one version win.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_UNSAFE_SERVER")) console.log(error.serverVersion, error.minimumVersion);
 * ```
 */
export class UnsafeServerError extends AetherError {
  override readonly name: string = "UnsafeServerError";
  readonly code = "AETHER_UNSAFE_SERVER" as const;
  /** What the server says it is. */
  readonly serverVersion: string;
  /** The first version that guards replicated streams. */
  readonly minimumVersion: string;
  /** The replicas that were asked for, or that the stream has. */
  readonly replicaCount: number;

  constructor(details: {
    readonly serverVersion: string;
    readonly minimumVersion: string;
    readonly replicaCount: number;
  }) {
    super(
      `nats-server ${details.serverVersion} lets several writers of one version win on a stream with ` +
        `${details.replicaCount} replicas; run ${details.minimumVersion} or later, or use one replica`,
    );
    this.serverVersion = details.serverVersion;
    this.minimumVersion = details.minimumVersion;
    this.replicaCount = details.replicaCount;
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_STREAM_MISMATCH: StreamMismatchError;
    AETHER_STREAM_NOT_FOUND: StreamNotFoundError;
    AETHER_STREAM_RESET: StreamResetError;
    AETHER_UNSAFE_SERVER: UnsafeServerError;
  }
}
