import { type QueueOutcome, type RetryPolicy, RetryQueue, type RetryQueueOptions, simple } from "../src/index.ts";
import { type Counted, conflictAt } from "./counting.ts";
import { ScriptedStore, type Step } from "./scripted-store.ts";

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
  // Without chance, so that the first retry is after 1 s to the millisecond.
  const queue = new RetryQueue<Counted>(store, { onSettled, random: () => 0, ...options });
  /** What is stored of an actor, by what each event counts. */
  const stored = async (actorId = "a") => (await store.getEvents(actorId)).map(({ data }) => data.by);
  return { store, outcomes, queue, stored };
}

export const byOf = async (outcome: QueueOutcome<Counted>): Promise<unknown> => {
  const decision = await outcome.decide({} as never);
  return Array.isArray(decision) ? undefined : (decision as { data: { by: number } }).data.by;
};
