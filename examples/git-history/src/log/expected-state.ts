import { shown } from "../shown.ts";
import { inputLines } from "./input-lines.ts";
import { parseNumstat } from "./numstat.ts";

/** How many lines a file has in the end, or that it is binary. */
export type ExpectedFile = number | "binary";

/** The files that exist in the end, by path. */
export type ExpectedState = ReadonlyMap<string, ExpectedFile>;

/**
 * Reads the true state: what `git diff --numstat --no-renames <the empty tree> HEAD` prints, `lines<TAB>0<TAB>path` or
 * `-<TAB>-<TAB>path` for each file.
 *
 * @param file - what to call the input in errors
 * @throws MalformedInputError at the first line that git would not have printed
 */
export function parseExpectedState(bytes: Uint8Array, file: string): ExpectedState {
  const files = new Map<string, ExpectedFile>();
  for (const { text, refuse } of inputLines(bytes, file)) {
    const { path, change } = parseNumstat(text, refuse);
    if (files.has(path)) throw refuse(`the path ${shown(path)} was there before`);
    if (change.content === "text" && change.deleted !== 0) {
      throw refuse(`${change.deleted} deleted lines, where the difference to nothing has none`);
    }
    files.set(path, change.content === "text" ? change.added : "binary");
  }
  return files;
}
