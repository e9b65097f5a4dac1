import { invalid, type Position } from "@aether/core";

/** Throws unless a value can be a position. Stores may have positions in a format of their own. */
export function checkPosition(value: unknown, argument: string): asserts value is Position {
  if (typeof value !== "string" || value === "") throw invalid(argument, "must be a position from a store");
}
