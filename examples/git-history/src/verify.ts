import { type FileState, noFile } from "./events/file-state.ts";
import type { ExpectedFile, ExpectedState } from "./log/expected-state.ts";

/** A path whose replayed state is not the true one. */
export interface Mismatch {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

/** How the replayed states compare with the true ones. */
export interface Verdict {
  readonly mismatches: readonly Mismatch[];
  /**
   * Paths whose lines the log does not tell, so that there is nothing to compare: they were text at one time and binary
   * at another, and git counts no lines across such a change. All their events came back.
   */
  readonly undetermined: readonly string[];
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
): Verdict {
  const mismatches: Mismatch[] = [];
  const undetermined: string[] = [];
  for (const path of new Set([...logged.keys(), ...replayed.keys(), ...expected.keys()])) {
    const state = replayed.get(path) ?? noFile;
    const changes = logged.get(path) ?? 0;
    const file = expected.get(path);
    if (state.changes !== changes) {
      mismatches.push({ path, expected: `${changes} event(s)`, got: `${state.changes}` });
    } else if (!isAsExpected(state, file)) {
      if (file !== "binary" && wasTextAndBinary(state)) undetermined.push(path);
      else mismatches.push({ path, expected: describeFile(file), got: describeState(state) });
    }
  }
  return { mismatches, undetermined };
}

function isAsExpected(state: FileState, file: ExpectedFile | undefined): boolean {
  if (file === undefined) return state.lines === 0;
  if (file === "binary") return state.binary;
  return state.changes > 0 && state.lines === file;
}

function wasTextAndBinary({ changes, binaryChanges }: FileState): boolean {
  return binaryChanges > 0 && binaryChanges < changes;
}

function describeFile(file: ExpectedFile | undefined): string {
  if (file === undefined) return "no file, so 0 lines";
  return file === "binary" ? "a binary file" : `${file} line(s)`;
}

function describeState({ changes, lines, binary }: FileState): string {
  if (changes === 0) return "no change of it in the log";
  return `${lines} line(s)${binary ? ", and a last change of binary content" : ""}`;
}
