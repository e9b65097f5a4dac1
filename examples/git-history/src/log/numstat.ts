import { shown } from "../shown.ts";
import type { Refuse } from "./malformed-input.ts";
import { readPath } from "./quoted-path.ts";

/** What a change did to a file's lines. Git does not count the lines of a file that it takes for binary. */
export type LineChange =
  | { readonly content: "text"; readonly added: number; readonly deleted: number }
  | { readonly content: "binary" };

/** A line of `git log --numstat` or `git diff --numstat`. */
export interface Numstat {
  readonly path: string;
  readonly change: LineChange;
}

/** Reads `added<TAB>deleted<TAB>path`, with `-` for both numbers where the file is binary. */
export function parseNumstat(text: string, refuse: Refuse): Numstat {
  const [added = "", deleted = "", path = "", ...rest] = text.split("\t");
  if (path === "" || rest.length > 0) throw refuse(`${shown(text)} is not of the form added<TAB>deleted<TAB>path`);
  const change: LineChange =
    added === "-" && deleted === "-"
      ? { content: "binary" }
      : { content: "text", added: parseCount(added, refuse), deleted: parseCount(deleted, refuse) };
  return { path: readPath(path, refuse), change };
}

function parseCount(text: string, refuse: Refuse): number {
  const count = /^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(count)) throw refuse(`${shown(text)} is not a number of lines`);
  return count;
}
