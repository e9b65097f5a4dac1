import { inputLines } from "./input-lines.ts";
import { type Malformed, MalformedInputError, quoted } from "./malformed-input.ts";
import { type LineChange, parseNumstat } from "./numstat.ts";

/** The change to one file in one commit. */
export interface LoggedChange {
  /** Number of the change in the log, from 1. */
  readonly ordinal: number;
  readonly path: string;
  readonly change: LineChange;
  readonly commit: Commit;
}

export interface Commit {
  readonly hash: string;
  /** The committer date exactly as git printed it, in the format of RFC 3339. */
  readonly date: string;
}

export interface GitLog {
  /** Number of commits. */
  readonly commits: number;
  /** All changes, oldest first. */
  readonly changes: readonly LoggedChange[];
}

/**
 * Parses the output of `git log --first-parent --reverse --no-renames --numstat --format='commit%x09%H%x09%cI'`.
 *
 * @param file - the name of the input in error messages
 * @throws MalformedInputError for the first line that git cannot have printed, or if the log contains no commit
 */
export function parseGitLog(bytes: Uint8Array, file: string): GitLog {
  const hashes = new Set<string>();
  const changes: LoggedChange[] = [];
  let commit: Commit | undefined;
  for (const { text, malformed } of inputLines(bytes, file)) {
    if (text.startsWith("commit\t")) {
      commit = parseCommit(text, malformed);
      if (hashes.has(commit.hash)) throw malformed(`the commit ${commit.hash} occurs twice`);
      hashes.add(commit.hash);
    } else {
      const numstat = parseNumstat(text, malformed);
      if (commit === undefined) throw malformed("there is a file change before the first commit");
      changes.push({ ordinal: changes.length + 1, commit, ...numstat });
    }
  }
  if (hashes.size === 0) throw new MalformedInputError(file, 1, "the log contains no commit");
  return { commits: hashes.size, changes };
}

function parseCommit(text: string, malformed: Malformed): Commit {
  const [, hash = "", date = "", ...rest] = text.split("\t");
  if (rest.length > 0) throw malformed(`${quoted(text)} is not of the form commit<TAB>hash<TAB>date`);
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(hash)) throw malformed(`${quoted(hash)} is not a commit hash`);
  if (!isCommitterDate(date)) throw malformed(`${quoted(date)} is not a date such as "2026-02-28T12:00:00+01:00"`);
  return { hash, date };
}

const strictIso = /^(\d{4}-\d\d-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function isCommitterDate(text: string): boolean {
  const day = strictIso.exec(text)?.[1];
  const midnight = new Date(`${day}T00:00:00Z`);
  // JavaScript parses a day that does not exist as an invalid date or as a day of the next month.
  return day !== undefined && !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}
