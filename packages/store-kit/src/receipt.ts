import type { Event, Position, SaveReceipt } from "@aether/core";

/**
 * Returns the receipt of a stored event.
 *
 * @example
 * ```ts
 * const receipt = receiptOf(event, formatPosition({ sequence: 7 }));
 * ```
 */
export function receiptOf({ id, version, timestamp }: Event, position: Position): SaveReceipt {
  return { id, version, timestamp, position };
}
