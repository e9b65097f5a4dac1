import { invalid } from "@aether/core";
import { encodeText } from "@aether/nats";
import { checkCount, readFields } from "@aether/store-kit";
import { checkName, type ResolvedAccess, resolveAccess, type StreamMode } from "../options.ts";
import { readStreamSettings, type StreamSettings } from "../stream-settings.ts";

/**
 * Options of `JetStreamDocumentStore.open`.
 *
 * `history`, `replicaCount`, `maxBytes`, `compression` and `placement` must match a bucket that exists, or
 * `stream: "update"` changes the bucket. If you omit one of them, the bucket keeps its setting.
 */
export interface JetStreamDocumentStoreOptions
  extends Pick<StreamSettings, "compression" | "placement" | "description" | "metadata"> {
  /**
   * Name of the key-value bucket: letters, digits, `-` and single `_` between them, at most 200 characters.
   * `store.bucket` is the name on the server.
   */
  readonly bucket: string;
  /**
   * Prefix of the bucket's name, so that tenants or environments can share a server. Any non-empty string. Stores with
   * different namespaces have different buckets.
   * @default none
   */
  readonly namespace?: string | undefined;
  /**
   * JetStream domain of the bucket, for a connection to a server in another domain, such as a leaf node.
   * @default the domain of the connection's server
   */
  readonly domain?: string | undefined;
  /**
   * Prefix of the subjects of JetStream's API, if the connection's account imports the API from another account under
   * another prefix. It replaces `$JS.API`. As in the clients' own packages, writes are then published to
   * `<apiPrefix>.$KV.<bucket>.<key>`. Cannot be combined with `domain`.
   * @default "$JS.API"
   */
  readonly apiPrefix?: string | undefined;
  /**
   * Number of values that the bucket keeps per document, from 1 to 64, for other programs. The store itself reads only
   * the last one.
   * @default 1
   */
  readonly history?: number | undefined;
  /**
   * Number of servers that store each document, from 1 to 5. In a cluster, use 3 or 5.
   * @default 1
   */
  readonly replicaCount?: number | undefined;
  /**
   * Maximum size of the bucket, in bytes. The server reserves this space. A full bucket rejects a put with
   * `AETHER_STORE_FULL`, even one that replaces a value with another of the same size. So keep checkpoints and leases
   * in a bucket without this limit.
   * @default no limit
   */
  readonly maxBytes?: number | undefined;
  /**
   * Mode in which the store opens the bucket. `"create"` creates a missing bucket. `"update"` also changes the settings
   * of an existing one to the requested values, as far as the server allows. `"bind"` does neither.
   * @default "create"
   */
  readonly stream?: StreamMode | undefined;
  /**
   * Time that a call waits for the server, in milliseconds. After this time, an unanswered call rejects: a write that
   * was sent with `AETHER_OUTCOME_UNKNOWN`, every other call with `AETHER_STORE_UNAVAILABLE`. For a list, the timeout
   * restarts whenever a part of the result arrives. `open` allows at least 10,000 ms.
   * @default 10_000
   */
  readonly ackTimeoutMs?: number | undefined;
  /**
   * Behaviour of calls while the connection is lost. With `"wait"`, a call waits until the connection is back, for at
   * most `ackTimeoutMs`. With `"reject"`, it rejects with `AETHER_STORE_UNAVAILABLE` at once, and nothing is sent, now
   * or later. Only writes that were sent continue, because they may be stored. Watches always wait.
   * @default "wait"
   */
  readonly whileDisconnected?: "wait" | "reject" | undefined;
}

/** The options with their defaults filled in. */
export interface ResolvedDocumentOptions extends ResolvedAccess {
  /** The name of the bucket on the server. */
  readonly bucket: string;
  readonly namespace: string | undefined;
  readonly history: number;
  /** Settings that the caller passed explicitly. */
  readonly settings: StreamSettings;
  /** True for each setting that the caller passed explicitly. */
  readonly requested: { readonly history: boolean; readonly replicaCount: boolean };
}

const fields = [
  "bucket",
  "namespace",
  "domain",
  "apiPrefix",
  "history",
  "replicaCount",
  "stream",
  "ackTimeoutMs",
  "whileDisconnected",
] as const satisfies (keyof JetStreamDocumentStoreOptions)[];

const MAX_BUCKET_CHARACTERS = 200;
/** The server allows 255 bytes for the name of a stream, including `KV_`. */
const MAX_NAME_CHARACTERS: number = 255 - "KV_".length;
const MAX_HISTORY = 64;

/** No name contains two underscores in a row, so they can separate the namespace. */
const bucketPattern = /^[A-Za-z0-9-]+(?:_[A-Za-z0-9-]+)*$/;

/** Checks the options and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` if an option is invalid */
export function resolveDocumentOptions(given: JetStreamDocumentStoreOptions): ResolvedDocumentOptions {
  const options = readFields(given, "options", fields);
  const { namespace, history = 1 } = options;
  checkCount(history, "options.history", 1);
  if (history > MAX_HISTORY) throw invalid("options.history", `must be at most ${MAX_HISTORY}`);
  return {
    ...resolveAccess(options),
    bucket: bucketName(options.bucket, namespace),
    namespace,
    history,
    settings: readStreamSettings(given as StreamSettings),
    requested: { history: options.history !== undefined, replicaCount: options.replicaCount !== undefined },
  };
}

/** Returns the name of a bucket on the server. Different buckets and namespaces have different names. */
function bucketName(bucket: unknown, namespace: string | undefined): string {
  if (typeof bucket !== "string" || bucket.length > MAX_BUCKET_CHARACTERS || !bucketPattern.test(bucket)) {
    throw invalid(
      "options.bucket",
      `must have 1 to ${MAX_BUCKET_CHARACTERS} letters, digits, "-" and single "_" between them`,
    );
  }
  if (namespace === undefined) return bucket;
  checkName(namespace, "options.namespace");
  const name = `${encodeNamespace(namespace)}__${bucket}`;
  if (name.length <= MAX_NAME_CHARACTERS) return name;
  throw invalid(
    "options.namespace",
    `is too long: with it, the bucket's name has ${name.length} bytes, the limit is ${MAX_NAME_CHARACTERS}`,
  );
}

/**
 * Encodes a namespace with the characters that buckets allow. Bytes other than letters, digits and `-` become `_` and
 * two hexadecimal digits.
 */
function encodeNamespace(namespace: string): string {
  let name = "";
  for (const byte of encodeText(namespace)) {
    const character = String.fromCharCode(byte);
    name += /[A-Za-z0-9-]/.test(character) ? character : `_${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return name;
}
