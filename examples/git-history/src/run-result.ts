import type { StoreChoice } from "./cli/options.ts";
import type { FileState } from "./events/file-state.ts";
import type { Verdict } from "./verify.ts";
import type { AppendTally } from "./writers/append.ts";

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
