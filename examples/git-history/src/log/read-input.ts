import { readFile } from "node:fs/promises";
import { type ExpectedState, parseExpectedState } from "./expected-state.ts";
import { type GitLog, parseGitLog } from "./git-log.ts";
import { readRepository } from "./git-repository.ts";

/** Origin of the input: two files with git's output, or a repository in which to run git. */
export type Source =
  | ({ readonly kind: "files" } & InputFiles)
  | { readonly kind: "repository"; readonly directory: string };

export interface InputFiles {
  readonly log: string;
  readonly expected: string;
}

/** A history, and the files that exist at its end. */
export interface Input {
  readonly log: GitLog;
  readonly expected: ExpectedState;
}

/**
 * Reads and checks the whole input.
 *
 * @throws MalformedInputError, GitError, `signal.reason`, or Node.js's error if reading a file fails or is aborted
 */
export async function readInput(source: Source, signal?: AbortSignal): Promise<Input> {
  if (source.kind === "repository") {
    const { log, expected } = await readRepository(source.directory, signal);
    return {
      log: parseGitLog(log, `git log of ${source.directory}`),
      expected: parseExpectedState(expected, `git diff of ${source.directory}`),
    };
  }
  const [log, expected] = await Promise.all([readFile(source.log, { signal }), readFile(source.expected, { signal })]);
  return { log: parseGitLog(log, source.log), expected: parseExpectedState(expected, source.expected) };
}
