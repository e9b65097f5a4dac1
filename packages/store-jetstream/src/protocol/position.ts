import type { Position } from "@aether/core";

/**
 * The position of an event: the sequence of its message and its index in the commit, padded with zeros so that
 * positions sort correctly as text.
 */
export function positionOf(sequence: number, index: number): Position {
  return `${String(sequence).padStart(16, "0")}-${String(index).padStart(7, "0")}` as Position;
}
