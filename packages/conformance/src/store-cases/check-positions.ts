import type { Position } from "@aether/core";
import { check } from "../checks/check.ts";

/** Checks that positions are unique and ascend. Pass them in the order in which their events were stored. */
export function checkPositionsAscend(given: unknown, positions: readonly Position[]): void {
  check("positions are well-formed strings, so that JSON can represent them", {
    given,
    expected: [],
    actual: positions.filter((position) => typeof position !== "string" || !position.isWellFormed()),
  });
  check("no two events have the same position", { given, expected: positions.length, actual: new Set(positions).size });
  const sorted = positions.toSorted((left, right) => (left < right ? -1 : 1));
  check("positions compared with < ascend in the order in which events were stored", {
    given,
    expected: sorted,
    actual: positions,
  });
}
