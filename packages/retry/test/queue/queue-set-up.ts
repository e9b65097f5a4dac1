import { type QueueOutcome, type RetryPolicy, RetryQueue, type RetryQueueOptions, simple } from "../../src/index.ts";
import { type Counted, conflictAt } from "../counting.ts";
import { ScriptedStore, type Step } from "../scripted-store.ts";

export const conflict: Step = async () => {
  throw conflictAt(1);
};
export const forever: RetryPolicy = simple({ maxAttempts: Number.POSITIVE_INFINITY });

export function setUp(steps: readonly Step[] = [], options: Partial<RetryQueueOptions<Counted>> = {}) {
  const store = new ScriptedStore(...steps);
  const outcomes: QueueOutcome<Counted>[] = [];
  const onSettled = (outcome: QueueOutcome<Counted>): void => {
    outcomes.push(outcome);
  };
  // Waits without jitter, so that the first retry is after exactly 1 s.
  const queue = new RetryQueue<Counted>(store, { onSettled, random: () => 0, ...options });
  /** Returns the numbers of an actor's stored events. */
  const stored = async (actorId = "a") => (await store.getEvents(actorId)).map(({ data }) => data.by);
  return { store, outcomes, queue, stored };
}

export const byOf = async (outcome: QueueOutcome<Counted>): Promise<unknown> => {
  const decision = await outcome.decide({} as never);
  return Array.isArray(decision) ? undefined : (decision as { data: { by: number } }).data.by;
};
