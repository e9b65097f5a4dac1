import type { Position } from "@aether/core";

/** Digits of `Number.MAX_SAFE_INTEGER`. */
const SEQUENCE_DIGITS = 16;
/** Digits of the index. A batch of ten million events would not fit into memory. */
const INDEX_DIGITS = 7;
const FIRST = formatIndex(0);

/**
 * Returns the position of an event from two numbers, padded so that positions sort with `<` like the numbers.
 *
 * @param sequence - number of the commit in the store: a sequence, a row id or a byte offset
 * @param index - index of the event in its commit; leave it out if each event has its own sequence
 *
 * @example
 * ```ts
 * positionAt(9) < positionAt(10); // true
 * ```
 */
export function positionAt(sequence: number, index = 0): Position {
  const prefix = String(sequence).padStart(SEQUENCE_DIGITS, "0");
  return (prefix + (index === 0 ? FIRST : formatIndex(index))) as Position;
}

function formatIndex(index: number): string {
  return `-${String(index).padStart(INDEX_DIGITS, "0")}`;
}
