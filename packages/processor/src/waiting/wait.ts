import { abortable, type CallOptions, type FeedEventStore, invalid, type Position } from "@aether/core";
import type { Clock } from "@aether/retry";
import { checkActorId, isSamePlace, readFields, readSignal } from "@aether/store-kit";
import { WaitTimedOutError } from "../errors.ts";
import { positionOf, verifyReached } from "../position.ts";
import { isReached, type PartitionProgress, type Wanted } from "./progress.ts";
import type { Waits } from "./waits.ts";

/** Options of `waitFor` and `waitForProcessor`. */
export interface WaitOptions extends CallOptions {
  /**
   * Maximum time to wait, in milliseconds.
   * @default 10_000
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Id of the actor whose event is at the position. The call then waits only for the partition of this actor, and
   * only this actor matters if actors are parked.
   * @default all actors
   */
  readonly actorId?: string | undefined;
}

/** The options of a wait, checked, with the defaults filled in. */
export interface ResolvedWait extends Wanted {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** Checks the arguments of a wait. @throws `AETHER_INVALID_ARGUMENT` */
export function resolveWait(
  name: string,
  target: Position | { readonly position: Position },
  options: WaitOptions = {},
): ResolvedWait {
  const position = positionOf(target, "position");
  const signal = readSignal(options);
  const { timeoutMs = 10_000, actorId } = readFields(options, "options", ["timeoutMs", "actorId"]);
  if (!Number.isFinite(timeoutMs) || timeoutMs < 0)
    throw invalid("options.timeoutMs", "must be a time in milliseconds, at least 0");
  if (actorId !== undefined) checkActorId(actorId, "options.actorId");
  return { name, position, actorId, timeoutMs, signal };
}

/** Reason of the signal of a wait that has ended. Without a given one, each abort creates an error with a stack. */
const ENDED = new Error("the wait has ended");

/** Sources of a wait. */
export interface WaitParts {
  readonly clock: Clock;
  readonly waits: Waits;
  /** The store, to verify the position; `undefined` to trust it. */
  readonly store: FeedEventStore | undefined;
  /** Returns the partitions that the wait depends on, with their progress; `undefined` if they are unknown yet. */
  readonly progress: () => KnownProgress | undefined;
}

/** Partitions with their progress. */
type KnownProgress = readonly (readonly [number, PartitionProgress])[];

/**
 * Waits until the position is reached.
 * @throws `AETHER_WAIT_TIMED_OUT`, `AETHER_ACTOR_PARKED`, `AETHER_PROCESSOR_STOPPED`, `AETHER_STREAM_RESET`,
 * `signal.reason`
 */
export async function waitUntilReached(wait: ResolvedWait, parts: WaitParts): Promise<void> {
  const { position, timeoutMs, signal } = wait;
  const { clock, waits, store, progress } = parts;
  signal?.throwIfAborted();
  const isHandled = (): boolean => {
    const known = progress()?.map(([, each]) => each);
    return known !== undefined && isReached(wait, known);
  };
  /** The checkpoints that are not certainly from the place of the position. */
  const foreign = (): readonly Position[] => foreignTo(position, progress() ?? []);
  if (isHandled() && (store === undefined || foreign().length === 0)) return;
  const ended = new AbortController();
  const timer = clock.sleep(timeoutMs, ended.signal).then(
    () => {
      throw timedOut(wait, progress() ?? []);
    },
    () => {},
  );
  try {
    const isTrusted = store === undefined || hasReachedPlace(position, progress() ?? []);
    const verified = isTrusted ? undefined : verifyReached(store, position, ended.signal);
    const reached = Promise.all([verified, waits.until(isHandled, ended.signal)]).then(async () => {
      // If the store was created again, the old checkpoints seem to be later than its positions.
      if (store !== undefined) for (const checkpoint of foreign()) await verifyReached(store, checkpoint, ended.signal);
    });
    reached.catch(() => {}); // It also rejects when the wait ends otherwise.
    timer.catch(() => {});
    await abortable(Promise.race([reached, timer]), signal);
  } finally {
    ended.abort(ENDED);
  }
}

/** Returns true if a position is from the place of one that a feed has verified. */
function hasReachedPlace(position: Position, known: KnownProgress): boolean {
  return known.some(([, { handledUpTo }]) => handledUpTo !== undefined && isSamePlace(position, handledUpTo));
}

/** Returns the checkpoints that are not certainly from the place of a position, each once. */
function foreignTo(position: Position, known: KnownProgress): readonly Position[] {
  const checkpoints = new Set(known.map(([, { handledUpTo }]) => handledUpTo));
  return [...checkpoints].filter((each) => each !== undefined && !isSamePlace(position, each)) as readonly Position[];
}

function timedOut({ name, position, timeoutMs }: ResolvedWait, known: KnownProgress): WaitTimedOutError {
  const reached = known.map(([, { handledUpTo }]) => handledUpTo).reduce(lowest, known[0]?.[1].handledUpTo);
  const free = known.filter(([, { hasOwner }]) => !hasOwner).map(([partition]) => partition);
  // Nothing is known of a processor that was never started.
  const partitionsWithoutOwner = known.length === 0 ? [0] : free;
  return new WaitTimedOutError({ processor: name, position, reached, partitionsWithoutOwner, timeoutMs });
}

/** Returns the lower one of two positions; `undefined` if one of them is at the beginning. */
function lowest(one: Position | undefined, other: Position | undefined): Position | undefined {
  if (one === undefined || other === undefined) return undefined;
  return one < other ? one : other;
}
