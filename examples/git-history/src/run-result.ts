import type { AppendTally } from "./append.ts";
import type { FileState } from "./file-state.ts";
import type { StoreChoice } from "./options.ts";
import type { Verdict } from "./verify.ts";

/** What a run did and found. */
export interface RunResult {
  /** How many events the log has. */
  readonly events: number;
  readonly commits: number;
  /** How many files exist in the end. */
  readonly files: number;
  readonly tally: AppendTally;
  readonly appendSeconds: number;
  readonly replaySeconds: number;
  /** What every path was replayed to. */
  readonly states: ReadonlyMap<string, FileState>;
  readonly verdict: Verdict;
  readonly store: StoreChoice;
  readonly writers: number;
}
