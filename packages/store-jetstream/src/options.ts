import { invalid } from "@aether/core";
import { type AnnounceOptions, checkCount, readAnnounceOptions, readFields } from "@aether/store-kit";
import { MAX_STREAM_NAME_BYTES, streamNameFor } from "./subjects.ts";

/**
 * Mode in which a store opens its streams: `"create"` creates missing streams; `"update"` also changes the settings of
 * existing ones to the requested values, as far as the server allows; `"bind"` does neither, and needs no permission
 * for it.
 */
export type StreamMode = "create" | "update" | "bind";

/** Options of {@link JetStreamEventStore.open}. */
export interface JetStreamStoreOptions extends AnnounceOptions {
  /** Name of the store: any text that is not empty. The stream has the same name, encoded. */
  readonly streamName: string;
  /**
   * Prefix of the stream's name and of all its subjects, so that tenants or environments can share a server. Different
   * pairs of namespace and stream name are different stores.
   * @default none
   */
  readonly namespace?: string | undefined;
  /**
   * Time to keep events, in milliseconds, or `"forever"`. Use `"forever"` for an audit trail.
   *
   * If the stream exists and this option is omitted, the stream keeps its own retention.
   * @default 31_536_000_000 (365 days)
   */
  readonly streamRetention?: number | "forever" | undefined;
  /**
   * Number of servers that keep each event: 1, or 3 or 5 in a cluster.
   *
   * If the stream exists and this option is omitted, the stream keeps its own number.
   * @default 1
   */
  readonly replicaCount?: number | undefined;
  /**
   * Number of snapshots to keep for each actor: the newest ones.
   *
   * If snapshots exist and this option is omitted, their stream keeps its own number.
   * @default 3
   */
  readonly snapshotHistory?: number | undefined;
  /**
   * Outcome of a read whose first requested events have expired: `"refuse"` rejects with `AETHER_HISTORY_TRUNCATED`,
   * because a fold over the rest would be wrong; `"accept"` returns the rest.
   * @default "refuse"
   */
  readonly truncatedHistory?: "refuse" | "accept" | undefined;
  /**
   * Mode in which the store opens its streams: `"create"`, `"update"` or `"bind"`.
   * @default "create"
   */
  readonly stream?: StreamMode | undefined;
  /**
   * Number of actors whose latest version is cached, at about 100 bytes each. 0 disables the cache.
   * @default 100_000
   */
  readonly cacheSize?: number | undefined;
  /**
   * Time that a call waits for the server, in milliseconds. Every call ends within this time plus at most 10 %, even a
   * save that waits for earlier saves. A save that was sent then rejects with `AETHER_OUTCOME_UNKNOWN`, every other
   * call with `AETHER_STORE_UNAVAILABLE`. A read that makes progress starts over.
   * @default 10_000
   */
  readonly ackTimeoutMs?: number | undefined;
  /**
   * Maximum number of commits, of different actors, in flight at once. Further saves wait.
   * @default 512
   */
  readonly maxInFlight?: number | undefined;
}

/** The options with their defaults filled in. */
export interface ResolvedOptions {
  readonly effectiveName: string;
  /** `undefined` if events are kept forever. */
  readonly streamRetentionMs: number | undefined;
  readonly replicaCount: number;
  readonly cacheSize: number;
  readonly ackTimeoutMs: number;
  readonly maxInFlight: number;
  readonly snapshotHistory: number;
  readonly stream: StreamMode;
  readonly acceptTruncated: boolean;
  readonly announce: AnnounceOptions;
  /** The settings that the caller requested. */
  readonly requested: {
    readonly streamRetention: boolean;
    readonly replicaCount: boolean;
    readonly snapshotHistory: boolean;
  };
}

const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1_000;

/** Servers store ages in nanoseconds, in 64 bits. */
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
    requested: {
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
    `has ${name.length} bytes with its namespace, the limit is ${MAX_STREAM_NAME_BYTES}`,
  );
}

function checkName(value: unknown, argument: string): void {
  if (typeof value !== "string" || value === "") throw invalid(argument, "must be a non-empty string");
  if (!value.isWellFormed()) throw invalid(argument, "must be well-formed Unicode, but has a lone surrogate");
}
