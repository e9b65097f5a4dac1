import { readFile } from "node:fs/promises";
import type { Source } from "../cli/options.ts";
import { type ExpectedState, parseExpectedState } from "./expected-state.ts";
import { type GitLog, parseGitLog } from "./git-log.ts";
import { readRepository } from "./git-repository.ts";

/** A history and the state that it must lead to. */
export interface Input {
  readonly log: GitLog;
  readonly expected: ExpectedState;
}

/**
 * Reads the whole input, so that nothing is stored where any of it is malformed.
 *
 * @throws MalformedInputError, GitError, or what reading a file rejects with
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
