import { type Malformed, quoted } from "./malformed-input.ts";
import { readPath } from "./quoted-path.ts";

/** Number of lines that a change added and deleted. Git counts no lines in a binary file. */
export type LineChange =
  | { readonly content: "text"; readonly added: number; readonly deleted: number }
  | { readonly content: "binary" };

/** One line of `git log --numstat` or `git diff --numstat`. */
export interface Numstat {
  readonly path: string;
  readonly change: LineChange;
}

/** Parses `added<TAB>deleted<TAB>path`. Both numbers are `-` if the file is binary. */
export function parseNumstat(text: string, malformed: Malformed): Numstat {
  const [added = "", deleted = "", path = "", ...rest] = text.split("\t");
  if (path === "" || rest.length > 0) throw malformed(`${quoted(text)} is not of the form added<TAB>deleted<TAB>path`);
  const change: LineChange =
    added === "-" && deleted === "-"
      ? { content: "binary" }
      : { content: "text", added: parseCount(added, malformed), deleted: parseCount(deleted, malformed) };
  return { path: readPath(path, malformed), change };
}

function parseCount(text: string, malformed: Malformed): number {
  const count = /^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(count)) throw malformed(`${quoted(text)} is not a number of lines`);
  return count;
}
