import type { Event, Position, SaveReceipt } from "@aether/core";

/**
 * Returns the receipt of a stored event.
 *
 * @example
 * ```ts
 * const receipts = batch.map((stored, index) => receiptOf(stored, positionAt(7, index)));
 * ```
 */
export function receiptOf({ id, version, timestamp }: Event, position: Position): SaveReceipt {
  return { id, version, timestamp, position };
}
