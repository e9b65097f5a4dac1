import { type Event, invalid } from "@aether/core";
import { type AnnounceOptions, checkCount, readAnnounceOptions, readFields } from "@aether/store-kit";
import { readStreamSettings, type StreamSettings } from "./stream-settings.ts";
import { MAX_STREAM_NAME_BYTES, streamNameFor } from "./subjects.ts";

/**
 * Mode in which a store opens its streams. `"create"` creates missing streams. `"update"` also changes the settings of
 * existing streams to the requested values, as far as the server allows, but never the subjects. `"bind"` does neither,
 * so the connection's user needs no permission to create or update streams.
 */
export type StreamMode = "create" | "update" | "bind";

/**
 * Options of {@link JetStreamEventStore.open}.
 *
 * @typeParam E - union of the events in the store
 */
export interface JetStreamStoreOptions<E extends Event = Event> extends AnnounceOptions<E>, StreamSettings {
  /**
   * Name of the store, any non-empty string. `store.streamName` is the name of the stream: the encoded name of the
   * store, prefixed with the namespace if there is one.
   */
  readonly streamName: string;
  /**
   * Prefix of the stream's name and of all its subjects, so that tenants or environments can share a server. Stores
   * with different namespaces have different streams, even if their names are equal.
   * @default none
   */
  readonly namespace?: string | undefined;
  /**
   * JetStream domain of the stream, for a connection to a server in another domain, such as a leaf node.
   * @default the domain of the connection's server
   */
  readonly domain?: string | undefined;
  /**
   * Prefix of the subjects of JetStream's API, if the connection's account imports the API from another account under
   * another prefix. It replaces `$JS.API`. Cannot be combined with `domain`.
   * @default "$JS.API"
   */
  readonly apiPrefix?: string | undefined;
  /**
   * Time to keep events, in milliseconds (at least 100), or `"forever"`. Use `"forever"` if the events are your source
   * of truth.
   *
   * If the stream exists and this option is omitted, the stream keeps its retention.
   * @default 31_536_000_000 (365 days)
   */
  readonly streamRetention?: number | "forever" | undefined;
  /**
   * Number of servers that store each event, from 1 to 5. In a cluster, use 3 or 5.
   *
   * If the stream exists and this option is omitted, the stream keeps its number of servers.
   * @default 1
   */
  readonly replicaCount?: number | undefined;
  /**
   * Number of most recent snapshots to keep per actor.
   *
   * If the snapshot stream exists and this option is omitted, that stream keeps its number of snapshots.
   * @default 3
   */
  readonly snapshotHistory?: number | undefined;
  /**
   * Outcome of a read whose first requested events have expired. `"refuse"` rejects with `AETHER_HISTORY_TRUNCATED`,
   * because a state computed from the remaining events would be wrong. `"accept"` returns the remaining events.
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
   * Time that a call waits for the server, in milliseconds. After this time plus at most 10%, an unanswered call
   * rejects: a save that was sent with `AETHER_OUTCOME_UNKNOWN`, every other call with `AETHER_STORE_UNAVAILABLE`. A
   * save that waits for earlier saves has the same limit. For a read, the timeout restarts whenever a part of the
   * result arrives. `open` allows at least 10,000 ms to reach the server, and as much for each stream.
   * @default 10_000
   */
  readonly ackTimeoutMs?: number | undefined;
  /**
   * Behaviour of calls while the connection is lost. With `"wait"`, a call waits until the connection is back, for at
   * most `ackTimeoutMs`. With `"reject"`, it rejects with `AETHER_STORE_UNAVAILABLE` at once, and nothing is sent, now
   * or later. This includes reads and waiting saves that began before the connection was lost. Only saves that were
   * sent continue, because they may be stored. Reads of the feed with `follow` always wait.
   * @default "wait"
   */
  readonly whileDisconnected?: "wait" | "reject" | undefined;
  /**
   * Maximum number of commits (messages to the stream) in flight at once, over all actors. Further saves wait.
   * @default 512
   */
  readonly maxInFlight?: number | undefined;
}

/** The options that every store on JetStream has. */
export type AccessOptions = Pick<
  JetStreamStoreOptions,
  "domain" | "apiPrefix" | "replicaCount" | "stream" | "ackTimeoutMs" | "whileDisconnected"
>;

/** The options that every store on JetStream has, with their defaults filled in. */
export interface ResolvedAccess {
  /** The start of the subjects of JetStream's API, such as `"$JS.API"`. */
  readonly apiPrefix: string;
  readonly replicaCount: number;
  readonly stream: StreamMode;
  readonly ackTimeoutMs: number;
  readonly rejectsWhileDisconnected: boolean;
}

/** The options with their defaults filled in. */
export interface ResolvedOptions extends ResolvedAccess {
  /** The name of the event stream. */
  readonly effectiveName: string;
  readonly storeName: string;
  readonly namespace: string | undefined;
  /** `undefined` if events are kept forever. */
  readonly streamRetentionMs: number | undefined;
  readonly cacheSize: number;
  readonly maxInFlight: number;
  readonly snapshotHistory: number;
  readonly acceptTruncated: boolean;
  readonly announce: AnnounceOptions;
  /** Settings that the caller passed explicitly. */
  readonly settings: StreamSettings;
  /** True for each setting that the caller passed explicitly. */
  readonly requested: {
    readonly streamRetention: boolean;
    readonly replicaCount: boolean;
    readonly snapshotHistory: boolean;
  };
}

const ONE_YEAR_MS = 365 * 24 * 60 * 60 * 1_000;

/** Servers store retentions in nanoseconds, as signed 64-bit integers. */
const MAX_RETENTION_MS = 9_000_000_000_000;

const storeFields = [
  "streamName",
  "namespace",
  "domain",
  "apiPrefix",
  "streamRetention",
  "replicaCount",
  "snapshotHistory",
  "truncatedHistory",
  "stream",
  "cacheSize",
  "ackTimeoutMs",
  "whileDisconnected",
  "maxInFlight",
] as const satisfies (keyof JetStreamStoreOptions)[];

/** Checks the options and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` if an option is invalid */
export function resolveOptions<E extends Event>(given: JetStreamStoreOptions<E>): ResolvedOptions {
  const options: JetStreamStoreOptions = {
    ...readFields(given, "options", storeFields),
    // The store announces only its own events, so from here on their types do not matter.
    ...(readAnnounceOptions(given) as AnnounceOptions),
  };
  const { streamRetention = ONE_YEAR_MS, cacheSize = 100_000, maxInFlight = 512 } = options;
  const { snapshotHistory = 3, truncatedHistory = "refuse" } = options;
  const streamRetentionMs = streamRetention === "forever" ? undefined : streamRetention;
  if (streamRetentionMs !== undefined) {
    checkCount(streamRetentionMs, "options.streamRetention", 100);
    if (streamRetentionMs > MAX_RETENTION_MS) throw invalid("options.streamRetention", 'is too long: use "forever"');
  }
  checkCount(cacheSize, "options.cacheSize");
  checkCount(maxInFlight, "options.maxInFlight", 1);
  checkCount(snapshotHistory, "options.snapshotHistory", 1);
  if (truncatedHistory !== "refuse" && truncatedHistory !== "accept") {
    throw invalid("options.truncatedHistory", 'must be "refuse" or "accept"');
  }
  return {
    effectiveName: effectiveNameOf(options),
    storeName: options.streamName,
    namespace: options.namespace,
    ...resolveAccess(options),
    streamRetentionMs,
    cacheSize,
    maxInFlight,
    snapshotHistory,
    acceptTruncated: truncatedHistory === "accept",
    announce: options,
    settings: readStreamSettings(given),
    requested: {
      streamRetention: options.streamRetention !== undefined,
      replicaCount: options.replicaCount !== undefined,
      snapshotHistory: options.snapshotHistory !== undefined,
    },
  };
}

/** Checks the options that every store has, and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function resolveAccess(options: AccessOptions): ResolvedAccess {
  const { replicaCount = 1, stream = "create", ackTimeoutMs = 10_000, whileDisconnected = "wait" } = options;
  checkCount(replicaCount, "options.replicaCount", 1);
  if (replicaCount > 5) throw invalid("options.replicaCount", "must be at most 5");
  checkCount(ackTimeoutMs, "options.ackTimeoutMs", 1);
  if (stream !== "create" && stream !== "update" && stream !== "bind") {
    throw invalid("options.stream", 'must be "create", "update" or "bind"');
  }
  if (whileDisconnected !== "wait" && whileDisconnected !== "reject") {
    throw invalid("options.whileDisconnected", 'must be "wait" or "reject"');
  }
  const rejectsWhileDisconnected = whileDisconnected === "reject";
  return { apiPrefix: apiPrefixOf(options), replicaCount, stream, ackTimeoutMs, rejectsWhileDisconnected };
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

function apiPrefixOf({ domain, apiPrefix }: AccessOptions): string {
  if (domain !== undefined && apiPrefix !== undefined) {
    throw invalid("options.apiPrefix", "cannot be combined with options.domain, which implies a prefix");
  }
  if (domain !== undefined && !(typeof domain === "string" && isToken(domain))) {
    throw invalid("options.domain", "must be the name of a JetStream domain, without dots, spaces and wildcards");
  }
  if (apiPrefix !== undefined && !(typeof apiPrefix === "string" && apiPrefix.split(".").every(isToken))) {
    throw invalid(
      "options.apiPrefix",
      'must be the start of a subject, such as "$JS.hub.API", without a dot at the end',
    );
  }
  return apiPrefix ?? (domain === undefined ? "$JS.API" : `$JS.${domain}.API`);
}

/** Matches one part of a subject, without wildcards. */
const token = /^[^\s.*>]+$/;

function isToken(text: string): boolean {
  return token.test(text);
}

/** @throws `AETHER_INVALID_ARGUMENT` unless the value is a non-empty, well-formed text */
export function checkName(value: unknown, argument: string): void {
  if (typeof value !== "string" || value === "") throw invalid(argument, "must be a non-empty string");
  if (!value.isWellFormed()) throw invalid(argument, "must be well-formed Unicode, but has a lone surrogate");
}
