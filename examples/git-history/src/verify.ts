import { type FileState, initialState } from "./events/file-state.ts";
import type { ExpectedFile, ExpectedState } from "./log/expected-state.ts";

/** A path whose replayed state differs from the expected one. */
export interface Mismatch {
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

/** Result of {@link verify}. */
export interface Verdict {
  readonly mismatches: readonly Mismatch[];
  /**
   * Paths whose states cannot be compared, although all their events were replayed. These files changed between text
   * and binary, and git counts no lines in such a change.
   */
  readonly notCompared: readonly string[];
}

/**
 * Compares the replayed states with the expected ones, for every path that occurs in the log or in either state.
 *
 * @param logged - number of changes to each path in the log, which must equal the number of replayed events
 */
export function verify(
  replayed: ReadonlyMap<string, FileState>,
  logged: ReadonlyMap<string, number>,
  expected: ExpectedState,
): Verdict {
  const mismatches: Mismatch[] = [];
  const notCompared: string[] = [];
  for (const path of new Set([...logged.keys(), ...replayed.keys(), ...expected.keys()])) {
    const state = replayed.get(path) ?? initialState;
    const changes = logged.get(path) ?? 0;
    const file = expected.get(path);
    if (state.changes !== changes) {
      mismatches.push({ path, expected: count(changes, "event"), actual: count(state.changes, "event") });
    } else if (!isAsExpected(state, file)) {
      if (file !== "binary" && wasTextAndBinary(state)) notCompared.push(path);
      else mismatches.push({ path, expected: describeFile(file), actual: describeState(state) });
    }
  }
  return { mismatches, notCompared };
}

function isAsExpected(state: FileState, file: ExpectedFile | undefined): boolean {
  if (file === undefined) return state.lines === 0;
  if (file === "binary") return state.isBinary;
  return state.changes > 0 && state.lines === file;
}

/**
 * Returns the number of lines that the events of a file must have added: those of the file, if git has counted the
 * lines of all changes.
 */
export function linesToCompare(state: FileState | undefined, file: ExpectedFile | undefined): number {
  if (file === "binary" || (state !== undefined && wasTextAndBinary(state))) return state?.lines ?? 0;
  return file ?? 0;
}

function wasTextAndBinary({ changes, binaryChanges }: FileState): boolean {
  return binaryChanges > 0 && binaryChanges < changes;
}

function describeFile(file: ExpectedFile | undefined): string {
  if (file === undefined) return "0 lines (no file)";
  return file === "binary" ? "a binary file" : count(file, "line");
}

function describeState({ changes, lines, isBinary }: FileState): string {
  if (changes === 0) return "no change in the log";
  return `${count(lines, "line")}${isBinary ? " (last change: binary)" : ""}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
