import { invalid, type Position } from "@aether/core";
import { parsePosition } from "@aether/store-kit";

/** Throws unless a value can be a position. Stores may have positions in a format of their own. */
export function checkPosition(value: unknown, argument: string): asserts value is Position {
  if (typeof value !== "string" || value === "") throw invalid(argument, "must be a position from a store");
}

/**
 * Returns true if two positions are certainly from the same store, and from the same stream of it. A feed verifies the
 * position that it starts after, so a position from the place of a verified one needs no further check.
 */
export function isSamePlace(one: Position, other: Position): boolean {
  try {
    return parsePosition(one, "position").incarnation === parsePosition(other, "position").incarnation;
  } catch {
    return false;
  }
}
