import { type FeedEventStore, invalid, isAetherError, type Position } from "@aether/core";

/** Throws unless a value can be a position. Stores may have positions in a format of their own. */
export function checkPosition(value: unknown, argument: string): asserts value is Position {
  if (typeof value !== "string" || value === "") throw invalid(argument, "must be a position from a store");
}

/** Returns a position, or that of a receipt. @throws `AETHER_INVALID_ARGUMENT` */
export function positionOf(value: Position | { readonly position: Position }, argument: string): Position {
  const position = typeof value === "string" ? value : value?.position;
  if (typeof position !== "string" || position === "")
    throw invalid(argument, "must be a position from a store, or a receipt");
  return position;
}

/**
 * Verifies that a position is one of the store.
 * @throws `AETHER_STREAM_RESET`, and the other errors of `readFeed`
 */
export async function verifyPosition(
  store: Pick<FeedEventStore, "readFeed">,
  position: Position,
  signal: AbortSignal,
): Promise<void> {
  for await (const _ of store.readFeed({ after: position, signal })) return;
}

/**
 * Verifies that a position is one of the store, where the events at and after it may have expired.
 * @throws `AETHER_STREAM_RESET`, and the other errors of `readFeed`
 */
export async function verifyReached(
  store: Pick<FeedEventStore, "readFeed">,
  position: Position,
  signal: AbortSignal,
): Promise<void> {
  try {
    await verifyPosition(store, position, signal);
  } catch (error) {
    if (!isAetherError(error, "AETHER_HISTORY_TRUNCATED")) throw error;
  }
}
