import { type Event, type FeedOptions, invalid, type ListOptions } from "@aether/core";
import { readFields, readItems, readSignal } from "./arguments.ts";
import { describe } from "./describe.ts";
import { PARTITION_COUNT, partitionOf } from "./partition.ts";
import { type PositionParts, parsePosition } from "./position.ts";

/** The options of a read of the feed, checked, with the defaults filled in. */
export interface FeedRange {
  /** Position to read after; `undefined` to read from the beginning. */
  readonly after: PositionParts | undefined;
  /** True to continue with each event that is stored later. */
  readonly follow: boolean;
  /** Partition to read; `undefined` for all. */
  readonly partition: number | undefined;
  /** Ends the read when it is aborted; `undefined` if the caller passed none. */
  readonly signal: AbortSignal | undefined;
  /** Returns true if an event of this type and actor is wanted. `undefined` if all events are wanted. */
  readonly accepts: ((event: Pick<Event, "eventType" | "actorId">) => boolean) | undefined;
}

/**
 * Checks the options of a read of the feed, and fills in the defaults.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const { after, follow, accepts }: FeedRange = readFeedOptions({ follow: true, partition: 3 });
 * ```
 */
export function readFeedOptions(options: FeedOptions = {}): FeedRange {
  const signal = readSignal(options);
  const fields = ["after", "follow", "eventTypes", "actorIdPrefix", "partition"] as const;
  const { after, follow = false, eventTypes, actorIdPrefix, partition } = readFields(options, "options", fields);
  if (typeof follow !== "boolean") throw invalid("options.follow", `must be true or false, but is ${describe(follow)}`);
  checkPrefix(actorIdPrefix);
  if (partition !== undefined && !isPartition(partition)) {
    throw invalid(
      "options.partition",
      `must be an integer from 0 to ${PARTITION_COUNT - 1}, but is ${describe(partition)}`,
    );
  }
  return {
    after: after === undefined ? undefined : parsePosition(after, "options.after"),
    follow,
    partition,
    signal,
    accepts: filterOf(readTypes(eventTypes), actorIdPrefix, partition),
  };
}

/** Range of the feed of a read in progress. Its signal is also aborted when the loop is left or the store is closed. */
export type OpenFeedRange = FeedRange & { readonly signal: AbortSignal };

/** The options of a list of actors, checked, with the defaults filled in. */
export interface ListRange {
  /** Text that the ids must begin with. */
  readonly actorIdPrefix: string;
  /** Ends the list when it is aborted; `undefined` if the caller passed none. */
  readonly signal: AbortSignal | undefined;
}

/**
 * Checks the options of a list of actors, and fills in the defaults.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const { actorIdPrefix, signal }: ListRange = readListOptions({ actorIdPrefix: "order-" });
 * ```
 */
export function readListOptions(options: ListOptions = {}): ListRange {
  const signal = readSignal(options);
  const { actorIdPrefix } = readFields(options, "options", ["actorIdPrefix"]);
  checkPrefix(actorIdPrefix);
  return { actorIdPrefix: actorIdPrefix ?? "", signal };
}

function checkPrefix(actorIdPrefix: unknown): asserts actorIdPrefix is string | undefined {
  if (actorIdPrefix === undefined || typeof actorIdPrefix === "string") return;
  throw invalid("options.actorIdPrefix", `must be a string, but is ${describe(actorIdPrefix)}`);
}

function readTypes(eventTypes: unknown): ReadonlySet<string> | undefined {
  if (eventTypes === undefined) return undefined;
  return new Set(
    readItems(eventTypes, "options.eventTypes", (type, path) => {
      if (typeof type !== "string" || type === "") throw invalid(path, "must be a non-empty string");
      return type;
    }),
  );
}

function isPartition(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) < PARTITION_COUNT;
}

function filterOf(
  types: ReadonlySet<string> | undefined,
  prefix = "",
  partition: number | undefined,
): FeedRange["accepts"] {
  if (types === undefined && prefix === "" && partition === undefined) return undefined;
  return ({ eventType, actorId }) =>
    (types === undefined || types.has(eventType)) &&
    actorId.startsWith(prefix) &&
    (partition === undefined || partitionOf(actorId) === partition);
}
