import { shown } from "../shown.ts";
import { inputLines } from "./input-lines.ts";
import { MalformedInputError, type Refuse } from "./malformed-input.ts";
import { type LineChange, parseNumstat } from "./numstat.ts";

/** What a commit did to one file. */
export interface LoggedChange {
  /** Its place among all changes of the log, from 1. */
  readonly ordinal: number;
  readonly path: string;
  readonly change: LineChange;
  readonly commit: Commit;
}

export interface Commit {
  readonly hash: string;
  /** The committer date, RFC 3339, as git wrote it. */
  readonly date: string;
}

export interface GitLog {
  readonly commits: number;
  /** In the log's order, the oldest first. */
  readonly changes: readonly LoggedChange[];
}

/**
 * Reads what `git log --first-parent --reverse --no-renames --numstat --format='commit%x09%H%x09%cI'` prints.
 *
 * @param file - what to call the input in errors
 * @throws MalformedInputError at the first line that git would not have printed
 */
export function parseGitLog(bytes: Uint8Array, file: string): GitLog {
  const hashes = new Set<string>();
  const changes: LoggedChange[] = [];
  let commit: Commit | undefined;
  for (const { text, refuse } of inputLines(bytes, file)) {
    if (text.startsWith("commit\t")) {
      commit = parseCommit(text, refuse);
      if (hashes.has(commit.hash)) throw refuse(`the commit ${commit.hash} was there before`);
      hashes.add(commit.hash);
    } else {
      const numstat = parseNumstat(text, refuse);
      if (commit === undefined) throw refuse("a file change stands before the first commit");
      changes.push({ ordinal: changes.length + 1, commit, ...numstat });
    }
  }
  if (hashes.size === 0) throw new MalformedInputError(file, 1, "there is no commit in it");
  return { commits: hashes.size, changes };
}

function parseCommit(text: string, refuse: Refuse): Commit {
  const [, hash = "", date = "", ...rest] = text.split("\t");
  if (rest.length > 0) throw refuse(`${shown(text)} is not of the form commit<TAB>hash<TAB>date`);
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) throw refuse(`${shown(hash)} is not a commit hash`);
  if (!isCommitterDate(date)) throw refuse(`${shown(date)} is not a date such as "2026-02-28T12:00:00+01:00"`);
  return { hash, date };
}

const strictIso = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function isCommitterDate(text: string): boolean {
  const day = strictIso.exec(text)?.[1];
  const midnight = new Date(`${day}T00:00:00Z`);
  // A day that the calendar does not have becomes none, or one of the next month.
  return day !== undefined && !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
