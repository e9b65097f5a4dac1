import { type EventStore, isVersionConflictError } from "@aether/core";
import { outcomeOf } from "../checks/check.ts";
import { range } from "../samples/events.ts";
import type { StoreCaseContext } from "../suite/store-case.ts";

/** Number of writers in most races. */
export const WRITERS = 16;

/** Returns `count` writers. They use four open stores if stores are `shared`, and otherwise one. */
export async function openWriters(context: StoreCaseContext, count: number): Promise<readonly EventStore[]> {
  const first = await context.open();
  const stores = [
    first,
    ...(context.supports.shared ? [await context.open(), await context.open(), await context.open()] : []),
  ];
  return range(0, count - 1).map((writer) => stores[writer % stores.length] ?? first);
}

/** One attempt of a writer to save. */
export type Attempt = (store: EventStore, writer: number) => Promise<unknown>;

/** The writers that succeeded, and the conflicts that the others got. */
export interface RaceResult {
  readonly winners: readonly number[];
  readonly losers: readonly { readonly currentVersion: number; readonly sameEvent: boolean }[];
}

/** Lets all writers make one attempt at the same time. Returns the winners, and the conflicts that the others got. */
export async function race(writers: readonly EventStore[], attempt: Attempt): Promise<RaceResult> {
  const outcomes = await Promise.all(writers.map((store, writer) => outcomeOf(attempt(store, writer))));
  const winners: number[] = [];
  const losers: { readonly currentVersion: number; readonly sameEvent: boolean }[] = [];
  for (const [writer, outcome] of outcomes.entries()) {
    if (outcome.status === "fulfilled") winners.push(writer);
    else if (isVersionConflictError(outcome.reason)) {
      const { currentVersion, sameEvent } = outcome.reason;
      losers.push({ currentVersion, sameEvent });
    } else throw outcome.reason;
  }
  return { winners, losers };
}
