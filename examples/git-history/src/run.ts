import type { LoggedEvent } from "./events/file-event.ts";
import type { FileState } from "./events/file-state.ts";
import { inferEvents } from "./events/infer-events.ts";
import type { FolderLines } from "./folders/lines-by-folder.ts";
import { startReadModel } from "./folders/read-model.ts";
import { verifyFolders } from "./folders/verify-folders.ts";
import type { ExpectedState } from "./log/expected-state.ts";
import { readInput, type Source } from "./log/read-input.ts";
import { replay } from "./replay.ts";
import { createStore } from "./store/open-store.ts";
import type { RunStore, StoreChoice } from "./store/run-store.ts";
import { type Mismatch, type Verdict, verify } from "./verify.ts";
import { type AppendTally, appendEvents } from "./writers/append.ts";
import { saveAlone } from "./writers/save-next.ts";
import { runWriters } from "./writers/writers.ts";

export interface RunOptions {
  readonly source: Source;
  readonly store: StoreChoice;
  /** Number of processes that append events. If greater than 1, the store must not be in memory. */
  readonly writers: number;
}

export interface RunContext {
  readonly signal?: AbortSignal;
  /** Called with the number of events that a step has processed so far, and their total. */
  readonly onProgress?: (step: "append" | "replay", done: number, total: number) => void;
}

export interface RunResult {
  /** Number of events in the log. */
  readonly events: number;
  /** Number of commits in the log. */
  readonly commits: number;
  readonly tally: AppendTally;
  readonly appendSeconds: number;
  readonly replaySeconds: number;
  /** Replayed state of every path in the log. */
  readonly states: ReadonlyMap<string, FileState>;
  readonly expected: ExpectedState;
  readonly verdict: Verdict;
  /** Documents of the read model, by top-level folder. */
  readonly folders: ReadonlyMap<string, FolderLines>;
  /** Folders whose documents differ from the files. */
  readonly folderMismatches: readonly Mismatch[];
  readonly store: StoreChoice;
  readonly writers: number;
}

/** Reads a log, appends its events to a new store, replays them beside a read model, and verifies both results. */
export async function run({ source, store, writers }: RunOptions, context: RunContext = {}): Promise<RunResult> {
  // All input is read before the store is created, so that nothing is stored if a line is malformed.
  const { log, expected } = await readInput(source, context.signal);
  const events = inferEvents(log.changes);
  const logged = countByPath(events);
  const steps = await withStore(store, context, async (target) => {
    // The read model is kept current beside the writers.
    const readModel = await startReadModel(target, context.signal);
    try {
      const appended = await append(target, events, writers, context);
      const replayed = await replayAll(target, logged.keys(), events.length, context);
      return { ...appended, ...replayed, folders: await readModel.read() };
    } finally {
      await readModel.stop();
    }
  });
  return {
    events: events.length,
    commits: log.commits,
    ...steps,
    expected,
    verdict: verify(steps.states, logged, expected),
    folderMismatches: verifyFolders(steps.folders, steps.states, expected),
    store,
    writers,
  };
}

/** Creates the store for a job, and closes it whether the job succeeds or fails. */
async function withStore<Result>(
  choice: StoreChoice,
  { signal }: RunContext,
  job: (target: RunStore) => Promise<Result>,
): Promise<Result> {
  const target = await createStore(choice, signal);
  let result: Result;
  try {
    result = await job(target);
  } catch (error) {
    await target.close().catch((closeError: unknown) => {
      throw new AggregateError([error, closeError], "the run failed, and so did the cleanup");
    });
    throw error;
  }
  await target.close();
  return result;
}

async function append(
  { store, address }: RunStore,
  events: readonly LoggedEvent[],
  writers: number,
  { signal, onProgress }: RunContext,
): Promise<{ readonly tally: AppendTally; readonly appendSeconds: number }> {
  const options = {
    signal,
    onProgress: ({ appended }: AppendTally) => onProgress?.("append", appended, events.length),
  };
  if (writers > 1 && address !== undefined) {
    const { tally, seconds } = await runWriters(address, events, writers, options);
    return { tally, appendSeconds: seconds };
  }
  const started = performance.now();
  const tally = await appendEvents(saveAlone(store, signal), events, options);
  return { tally, appendSeconds: secondsSince(started) };
}

async function replayAll(
  { store }: RunStore,
  paths: Iterable<string>,
  total: number,
  { signal, onProgress }: RunContext,
): Promise<{ readonly states: ReadonlyMap<string, FileState>; readonly replaySeconds: number }> {
  const started = performance.now();
  const states = await replay(store, paths, { signal, onProgress: (events) => onProgress?.("replay", events, total) });
  return { states, replaySeconds: secondsSince(started) };
}

function countByPath(events: readonly LoggedEvent[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { path } of events) counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1_000;
}
