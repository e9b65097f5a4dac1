import { InvalidArgumentError } from "@aether/core";
import { type AnnounceOptions, checkCount, readAnnounceOptions, readFields } from "@aether/store-kit";
import type { StreamMode } from "./stream/ensure-stream.ts";
import { MAX_STREAM_NAME_BYTES, streamNameFor } from "./subjects.ts";

/** How a JetStream store is opened. */
export interface JetStreamStoreOptions extends AnnounceOptions {
  /** What the store is called: any text that is not empty. Encoded, it becomes the name of its stream. */
  readonly streamName: string;
  /**
   * Stands before the stream's name and all its subjects, so that tenants or environments share a server and never meet:
   * different pairs of namespace and stream name are different stores.
   * @default none
   */
  readonly namespace?: string;
  /**
   * How long events are kept, in milliseconds, or `"forever"`. An audit trail wants `"forever"`.
   *
   * When the stream is there already and this is not given, its own retention stands.
   * @default 31_536_000_000 (365 days)
   */
  readonly streamRetention?: number | "forever";
  /**
   * On how many servers each event is kept: 1, or 3 or 5 in a cluster.
   *
   * When the stream is there already and this is not given, its own number stands.
   * @default 1
   */
  readonly replicaCount?: number;
  /**
   * How many snapshots of each actor are kept, the newest.
   *
   * When there are snapshots already and this is not given, their own number stands.
   * @default 3
   */
  readonly snapshotHistory?: number;
  /**
   * What a read does when the beginning of what is asked for has expired: `"refuse"` rejects with
   * `AETHER_HISTORY_TRUNCATED`, because a fold over the rest would be wrong; `"accept"` reads the rest.
   * @default "refuse"
   */
  readonly truncatedHistory?: "refuse" | "accept";
  /**
   * What may be done to the store's streams: `"create"` makes what is not there; `"update"` also changes the settings of
   * what is there to those that are asked for, as far as the server allows; `"bind"` does neither, and needs no permission
   * for it.
   * @default "create"
   */
  readonly stream?: StreamMode;
  /**
   * How many actors' latest versions are remembered, at about 100 bytes each. 0 remembers none.
   * @default 100_000
   */
  readonly cacheSize?: number;
  /**
   * How long a save waits for the server, in milliseconds, before its outcome counts as unknown; and how long a read
   * waits without progress before it fails.
   * @default 10_000
   */
  readonly ackTimeoutMs?: number;
  /**
   * How many commits, of different actors, may be under way at once.
   * @default 512
   */
  readonly maxInFlight?: number;
}

/** The options with their defaults filled in. */
export interface ResolvedOptions {
  readonly effectiveName: string;
  /** `undefined` for ever. */
  readonly streamRetentionMs: number | undefined;
  readonly replicaCount: number;
  readonly cacheSize: number;
  readonly ackTimeoutMs: number;
  readonly maxInFlight: number;
  readonly snapshotHistory: number;
  readonly stream: StreamMode;
  readonly acceptTruncated: boolean;
  readonly announce: AnnounceOptions;
  /** Which settings the caller named. */
  readonly asked: {
    readonly streamRetention: boolean;
    readonly replicaCount: boolean;
    readonly snapshotHistory: boolean;
  };
}

const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1_000;

/** Servers keep ages in nanoseconds in 64 bits. */
const MAX_RETENTION_MS = 9_000_000_000_000;

const storeFields = [
  "streamName",
  "namespace",
  "streamRetention",
  "replicaCount",
  "snapshotHistory",
  "truncatedHistory",
  "stream",
  "cacheSize",
  "ackTimeoutMs",
  "maxInFlight",
] as const satisfies (keyof JetStreamStoreOptions)[];

/** Checks the options and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function resolveOptions(given: JetStreamStoreOptions): ResolvedOptions {
  const options: JetStreamStoreOptions = {
    ...readFields(given, "options", storeFields),
    ...readAnnounceOptions(given),
  };
  const { streamRetention = ONE_YEAR_MS, replicaCount = 1 } = options;
  const { cacheSize = 100_000, ackTimeoutMs = 10_000, maxInFlight = 512 } = options;
  const { snapshotHistory = 3, stream = "create", truncatedHistory = "refuse" } = options;
  const streamRetentionMs = streamRetention === "forever" ? undefined : streamRetention;
  if (streamRetentionMs !== undefined) {
    checkCount(streamRetentionMs, "options.streamRetention", 100);
    if (streamRetentionMs > MAX_RETENTION_MS) throw invalid("options.streamRetention", 'is too long: use "forever"');
  }
  checkCount(replicaCount, "options.replicaCount", 1);
  if (replicaCount > 5) throw invalid("options.replicaCount", "must be at most 5");
  checkCount(cacheSize, "options.cacheSize");
  checkCount(ackTimeoutMs, "options.ackTimeoutMs", 1);
  checkCount(maxInFlight, "options.maxInFlight", 1);
  checkCount(snapshotHistory, "options.snapshotHistory", 1);
  if (stream !== "create" && stream !== "update" && stream !== "bind") {
    throw invalid("options.stream", 'must be "create", "update" or "bind"');
  }
  if (truncatedHistory !== "refuse" && truncatedHistory !== "accept") {
    throw invalid("options.truncatedHistory", 'must be "refuse" or "accept"');
  }
  return {
    effectiveName: effectiveNameOf(options),
    streamRetentionMs,
    replicaCount,
    cacheSize,
    ackTimeoutMs,
    maxInFlight,
    snapshotHistory,
    stream,
    acceptTruncated: truncatedHistory === "accept",
    announce: options,
    asked: {
      streamRetention: options.streamRetention !== undefined,
      replicaCount: options.replicaCount !== undefined,
      snapshotHistory: options.snapshotHistory !== undefined,
    },
  };
}

function effectiveNameOf({ streamName, namespace }: JetStreamStoreOptions): string {
  checkName(streamName, "options.streamName");
  if (namespace !== undefined) checkName(namespace, "options.namespace");
  const name = streamNameFor(streamName, namespace);
  if (name.length <= MAX_STREAM_NAME_BYTES) return name;
  throw invalid(
    "options.streamName",
    `takes ${name.length} bytes with its namespace, at most ${MAX_STREAM_NAME_BYTES}`,
  );
}

function checkName(value: unknown, argument: string): void {
  if (typeof value !== "string" || value === "") throw invalid(argument, "must be a string that is not empty");
  if (!value.isWellFormed()) throw invalid(argument, "must be well-formed Unicode, but has a lone surrogate");
}

function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason });
}
