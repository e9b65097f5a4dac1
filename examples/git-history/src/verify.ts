import type { ExpectedFile, ExpectedState } from "./expected-state.ts";
import { type FileState, noFile } from "./file-state.ts";

/** A path whose replayed state is not the true one. */
export interface Mismatch {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

/**
 * Compares what was replayed with what is true, for every path of the log or of the expected state.
 *
 * @param logged - how many changes of each path the log has: as many events must have come back
 */
export function verify(
  replayed: ReadonlyMap<string, FileState>,
  logged: ReadonlyMap<string, number>,
  expected: ExpectedState,
): readonly Mismatch[] {
  const paths = new Set([...logged.keys(), ...replayed.keys(), ...expected.keys()]);
  return [...paths].flatMap((path) => {
    const flaw = compare(replayed.get(path) ?? noFile, logged.get(path) ?? 0, expected.get(path));
    return flaw === undefined ? [] : [{ path, ...flaw }];
  });
}

function compare(
  state: FileState,
  logged: number,
  expected: ExpectedFile | undefined,
): { readonly expected: string; readonly got: string } | undefined {
  if (state.changes !== logged) return { expected: `${logged} event(s)`, got: `${state.changes}` };
  if (expected === undefined) {
    return state.lines === 0 ? undefined : { expected: "no file, so 0 lines", got: describe(state) };
  }
  if (state.changes === 0) return { expected: describeFile(expected), got: "no change of it in the log" };
  const matches = expected === "binary" ? state.binary : state.lines === expected;
  return matches ? undefined : { expected: describeFile(expected), got: describe(state) };
}

function describeFile(expected: ExpectedFile): string {
  return expected === "binary" ? "a binary file" : `${expected} line(s)`;
}

function describe({ lines, binary }: FileState): string {
  return `${lines} line(s)${binary ? ", and a last change of binary content" : ""}`;
}
