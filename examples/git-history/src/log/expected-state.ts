import { inputLines } from "./input-lines.ts";
import { quoted } from "./malformed-input.ts";
import { parseNumstat } from "./numstat.ts";

/** The line count of a file at the end of the history, or `"binary"`. */
export type ExpectedFile = number | "binary";

/** The files that exist at the end of the history, by path. */
export type ExpectedState = ReadonlyMap<string, ExpectedFile>;

/**
 * Parses the output of `git diff --numstat --no-renames <the empty tree> HEAD`: for each file, `lines<TAB>0<TAB>path`
 * or `-<TAB>-<TAB>path`.
 *
 * @param file - the name of the input in error messages
 * @throws MalformedInputError for the first line that git cannot have printed
 */
export function parseExpectedState(bytes: Uint8Array, file: string): ExpectedState {
  const files = new Map<string, ExpectedFile>();
  for (const { text, malformed } of inputLines(bytes, file)) {
    const { path, change } = parseNumstat(text, malformed);
    if (files.has(path)) throw malformed(`the path ${quoted(path)} occurs twice`);
    if (change.content === "text" && change.deleted !== 0) {
      throw malformed(`a difference to the empty tree has no deleted lines, but this one has ${change.deleted}`);
    }
    files.set(path, change.content === "text" ? change.added : "binary");
  }
  return files;
}
