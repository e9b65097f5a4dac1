import { InvalidArgumentError, invalid } from "@aether/core";
import { encodeText } from "@aether/nats";
import { checkCount, readFields } from "@aether/store-kit";

/** Servers that a stream may be placed on. */
export interface StreamPlacement {
  /** Name of the cluster. @default the cluster of the server that the connection uses */
  readonly cluster?: string | undefined;
  /** Tags, all of which a server must have. @default none */
  readonly tags?: readonly string[] | undefined;
}

/**
 * Options that determine the settings of the streams on the server.
 *
 * `description` and `metadata` never prevent a store from being opened. Every other option that you set must match an
 * existing stream, or `stream: "update"` changes the stream. If you omit the option, the stream keeps its setting.
 */
export interface StreamSettings {
  /**
   * Protection of stored messages by the server. It can never be removed from an existing stream.
   *
   * With `true`, the server rejects every request to delete or purge messages, from any user (`deny_delete`,
   * `deny_purge`), so an event can never be erased. With `false`, each user with permission for `STREAM.MSG.DELETE` or
   * `STREAM.PURGE` can erase messages, so only permissions protect the events. Erased versions at the end of a history
   * can be used again. With the retention `"forever"`, reads do not report erased events. With a finite one, erased
   * events count as expired. Choose `false` only if you must be able to erase data.
   *
   * If a stream exists, its protection must be as chosen here, even if this option is omitted. To protect a stream that
   * was created without protection, pass `true` explicitly, with `stream: "update"`.
   * @default true
   */
  readonly immutable?: boolean | undefined;
  /**
   * Maximum size of the event stream, in bytes. The server reserves this space. When the stream is full, saves reject
   * with `AETHER_STORE_FULL`, and no event is lost.
   * @default no limit
   */
  readonly maxBytes?: number | undefined;
  /**
   * Compression of the stored messages, for all streams of the store. `"s2"` requires nats-server 2.10.
   * @default "none"
   */
  readonly compression?: "none" | "s2" | undefined;
  /**
   * Servers that may store the streams, for all streams of the store.
   * @default any servers of the connected cluster
   */
  readonly placement?: StreamPlacement | undefined;
  /**
   * Text that `nats stream info` shows for the event stream, at most 4,096 bytes. The text of a stream that exists
   * changes only with `stream: "update"`.
   * @default a sentence with the name and the namespace of the store
   */
  readonly description?: string | undefined;
  /**
   * Labels for all streams of the store, up to 64 KiB in total. Keys must not start with `aether.` or `_nats.`. If a
   * stream exists, labels are added only with `stream: "update"`. Servers before 2.10 ignore them.
   * @default none, apart from the store's own `aether.format`, `aether.store` and `aether.namespace`
   */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

const fields = [
  "immutable",
  "maxBytes",
  "compression",
  "placement",
  "description",
  "metadata",
] as const satisfies (keyof StreamSettings)[];

const MAX_DESCRIPTION_BYTES = 4_096;
const MAX_METADATA_BYTES = 65_536;
const reservedKey = /^(?:aether\.|_nats\.)/;

/** Checks the settings and copies them. @throws `AETHER_INVALID_ARGUMENT` if one of them is invalid */
export function readStreamSettings(given: StreamSettings): StreamSettings {
  const { immutable, maxBytes, compression, placement, description, metadata } = readFields(given, "options", fields);
  if (immutable !== undefined && typeof immutable !== "boolean")
    throw invalid("options.immutable", "must be a boolean");
  if (maxBytes !== undefined) checkCount(maxBytes, "options.maxBytes", 1);
  if (compression !== undefined && compression !== "none" && compression !== "s2")
    throw invalid("options.compression", 'must be "none" or "s2"');
  if (description !== undefined) checkText(description, "options.description", MAX_DESCRIPTION_BYTES);
  return {
    immutable,
    maxBytes,
    compression,
    placement: placement === undefined ? undefined : readPlacement(placement),
    description,
    metadata: metadata === undefined ? undefined : readMetadata(metadata),
  };
}

function readPlacement(given: StreamPlacement): StreamPlacement {
  const { cluster, tags } = readFields(given, "options.placement", ["cluster", "tags"]);
  if (cluster !== undefined) checkText(cluster, "options.placement.cluster");
  const copy = tags === undefined ? undefined : readTags(tags);
  return { ...(cluster === undefined ? {} : { cluster }), ...(copy === undefined ? {} : { tags: copy }) };
}

function readTags(given: readonly unknown[]): readonly string[] {
  const argument = "options.placement.tags";
  const tags = readable(argument, () => (Array.isArray(given) ? [...given] : undefined));
  if (tags === undefined) throw invalid(argument, "must be an array of strings");
  return tags.map((tag, index) => checkText(tag, `${argument}[${index}]`));
}

function readMetadata(given: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const argument = "options.metadata";
  if (typeof given !== "object" || given === null) throw invalid(argument, "must be an object");
  const labels = readable(argument, () => ({ ...given }));
  for (const [key, value] of Object.entries(labels)) {
    if (reservedKey.test(key)) throw invalid(`${argument}.${key}`, "is reserved: choose another key");
    checkText(value, `${argument}.${key}`, MAX_METADATA_BYTES);
  }
  if (encodeText(Object.entries(labels).join("")).length > MAX_METADATA_BYTES)
    throw invalid(argument, `must have at most ${MAX_METADATA_BYTES} bytes`);
  return labels;
}

/** Reads a value that may have getters or be a proxy. */
function readable<T>(argument: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new InvalidArgumentError({ argument, reason: "cannot be read", cause });
  }
}

function checkText(value: unknown, argument: string, maxBytes = 255): string {
  if (typeof value !== "string" || value === "") throw invalid(argument, "must be a non-empty string");
  if (!value.isWellFormed()) throw invalid(argument, "must be well-formed Unicode, but has a lone surrogate");
  if (encodeText(value).length > maxBytes) throw invalid(argument, `must have at most ${maxBytes} bytes`);
  return value;
}
