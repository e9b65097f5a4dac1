import type { Options } from "./cli/options.ts";
import { type ProgressTarget, showProgress } from "./cli/progress.ts";
import type { LoggedEvent } from "./events/file-event.ts";
import { inferEvents } from "./events/infer-events.ts";
import { readInput } from "./log/read-input.ts";
import { replay } from "./replay.ts";
import type { RunResult } from "./run-result.ts";
import { openStore } from "./store/open-store.ts";
import type { RunStore } from "./store/run-store.ts";
import { verify } from "./verify.ts";
import { type AppendTally, appendEvents } from "./writers/append.ts";
import { saveAlone } from "./writers/save-next.ts";
import { runWriters } from "./writers/writers.ts";

export interface RunContext {
  readonly signal?: AbortSignal;
  /** Where progress is shown, if it is a terminal. */
  readonly terminal: ProgressTarget;
}

/** The whole job: read the input, append it, replay it, check it. Nothing is stored before all input was read. */
export async function run(options: Options, context: RunContext): Promise<RunResult> {
  const { log, expected } = await readInput(options.source, context.signal);
  const events = inferEvents(log.changes);
  const logged = countByPath(events);
  const { tally, appendSeconds, states, replaySeconds } = await withStore(options, context, async (target) => {
    const { tally, seconds: appendSeconds } = await append(target, events, options.writers, context);
    const { states, seconds: replaySeconds } = await replayAll(target, logged.keys(), events.length, context);
    return { tally, appendSeconds, states, replaySeconds };
  });
  return {
    events: events.length,
    commits: log.commits,
    files: expected.size,
    tally,
    appendSeconds,
    replaySeconds,
    states,
    verdict: verify(states, logged, expected),
    store: options.store,
    writers: options.writers,
  };
}

/** Opens the store for a job, and closes it whatever becomes of the job. */
async function withStore<Result>(
  { store }: Options,
  { signal }: RunContext,
  job: (target: RunStore) => Promise<Result>,
): Promise<Result> {
  const target = await openStore(store, signal);
  let result: Result;
  try {
    result = await job(target);
  } catch (error) {
    const alsoFailed = await target.close().then(
      () => [],
      (closing: unknown) => [closing],
    );
    throw alsoFailed.length === 0
      ? error
      : new AggregateError([error, ...alsoFailed], "the run failed, and so did tidying up");
  }
  await target.close();
  return result;
}

async function append(
  { store, address }: RunStore,
  events: readonly LoggedEvent[],
  writers: number,
  { signal, terminal }: RunContext,
): Promise<{ readonly tally: AppendTally; readonly seconds: number }> {
  const progress = showProgress(terminal, "append", events.length);
  const options = { signal, onProgress: ({ appended }: AppendTally) => progress.update(appended) };
  try {
    if (writers > 1 && address !== undefined) return await runWriters(address, events, writers, options);
    const started = performance.now();
    const tally = await appendEvents(saveAlone(store, signal), events, options);
    return { tally, seconds: secondsSince(started) };
  } finally {
    progress.clear();
  }
}

async function replayAll(
  { store }: RunStore,
  paths: Iterable<string>,
  total: number,
  { signal, terminal }: RunContext,
) {
  const progress = showProgress(terminal, "replay", total);
  const started = performance.now();
  try {
    const states = await replay(store, paths, { signal, onProgress: (events) => progress.update(events) });
    return { states, seconds: secondsSince(started) };
  } finally {
    progress.clear();
  }
}

function countByPath(events: readonly LoggedEvent[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { path } of events) counts.set(path, (counts.get(path) ?? 0) + 1);
  return counts;
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1_000;
}
