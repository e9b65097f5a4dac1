import {
  type CallOptions,
  type Event,
  type EventStore,
  isAetherError,
  isVersionConflictError,
  type NewEvent,
  type SaveReceipt,
  supports,
  UnsupportedError,
} from "@aether/core";
import { v4 as uuid } from "uuid";
import type { Decide } from "./decide.ts";
import { type Decided, decisions } from "./decisions.ts";
import { checkFunction } from "./invalid.ts";
import type { OnlyDeclared } from "./only-declared.ts";
import { type AttemptEnd, retry } from "./retry-loop.ts";
import { type RetryOptions, settingsOf } from "./retry-options.ts";

/** Where an event of the call stands. */
export interface SavedEvent {
  /** The id of the event. */
  readonly id: string;
  /** The version that it was saved with. */
  readonly version: number;
}

/** What came of {@link appendWithRetry}: what was decided is saved, or there was nothing to save. */
export type AppendResult =
  | {
      readonly saved: true;
      /** The events that stand in the store, in their order. */
      readonly events: readonly SavedEvent[];
      /**
       * The store's receipts. `undefined` when the events turned out to be stored already, by an attempt whose outcome
       * was unknown or by an earlier call with the same ids: the store says so, but does not say where.
       */
      readonly receipts: readonly SaveReceipt[] | undefined;
      readonly attempts: number;
    }
  | { readonly saved: false; readonly attempts: number };

/**
 * Decides what to save, saves it, and decides again when another writer was first.
 *
 * What `decide` returns is saved right behind the last event that it saw, by `events()` or `currentVersion()`; if it
 * looked at neither, behind the latest version. So either nothing happened to the actor in between, or the save is a
 * conflict and `decide` is asked again. Events that `decide` gave no id get one that stays the same in all attempts.
 *
 * Only version conflicts lead to a new decision. If the outcome of a save is unknown, the same events are saved again;
 * if that does not settle it, the call rejects with the `OutcomeUnknownError`. A conflict with `sameEvent` is a success.
 * What `decide` or the store throws besides ends the call untouched.
 *
 * @param decide - called once per attempt; returns an event, several, or nothing to leave the actor as it is
 * @throws `AETHER_RETRIES_EXHAUSTED`, or the policy's own error: `AETHER_THRASHING`, `AETHER_CIRCUIT_OPEN`
 * @throws `AETHER_OUTCOME_UNKNOWN` when something may have been saved
 * @throws `AETHER_UNSUPPORTED` when it decided on several events and the store has no `batch` capability
 * @throws `AETHER_INVALID_ARGUMENT` for options that make no sense, before anything is done
 * @throws `signal.reason`, and what `decide` and the store throw
 *
 * @example
 * ```ts
 * await appendWithRetry(store, "order-1", async ({ events }) => {
 *   if ((await events()).some((event) => event.eventType === "OrderShipped")) return;
 *   return { eventType: "OrderShipped", data: { carrier: "DHL" } };
 * });
 * ```
 */
export async function appendWithRetry<E extends Event, D extends Decide<E> = Decide<E>>(
  store: EventStore<E>,
  actorId: string,
  decide: D & OnlyDeclared<E, D>,
  options: RetryOptions = {},
): Promise<AppendResult> {
  const settings = settingsOf(options);
  checkFunction("decide", decide);
  const call: CallOptions = settings.signal ? { signal: settings.signal } : {};
  const makeDecision = decisions(store, actorId, decide, call);
  const ids: string[] = [];
  let unsettled: readonly NewEvent<E>[] | undefined;

  return retry(actorId, settings, async (attempt, conflict) => {
    const events = unsettled ?? place(await makeDecision(attempt, conflict), actorId, ids);
    if (events.length === 0) return { outcome: "other", result: { saved: false, attempts: attempt } };
    try {
      return saved(attempt, events, await save(store, events, call));
    } catch (error) {
      if (isVersionConflictError(error)) {
        unsettled = undefined;
        return error.sameEvent ? saved(attempt, events) : { outcome: "conflict", error };
      }
      if (!isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) throw error;
      unsettled = events;
      return { outcome: "other", error };
    }
  });
}

/** Makes events of drafts. `ids` holds the ids made so far, and is added to. */
function place<E extends Event>(decided: Decided<E>, actorId: string, ids: string[]): readonly NewEvent<E>[] {
  return decided.drafts.map((draft, index) => {
    // Random ones: they only tell events apart, and a version 7 would be slower to make and reveal when it was made.
    ids[index] ??= uuid();
    const id = draft.id ?? ids[index];
    return { ...draft, id, actorId, version: decided.version + 1 + index } as unknown as NewEvent<E>;
  });
}

async function save<E extends Event>(
  store: EventStore<E>,
  events: readonly NewEvent<E>[],
  call: CallOptions,
): Promise<readonly SaveReceipt[]> {
  if (events.length === 1) return [await store.saveEvent(events[0] as NewEvent<E>, call)];
  if (!supports(store, "batch")) throw new UnsupportedError({ capability: "batch" });
  return store.saveEvents(events, call);
}

function saved(
  attempts: number,
  placed: readonly NewEvent[],
  receipts?: readonly SaveReceipt[],
): AttemptEnd<AppendResult> {
  const events = placed.map(({ id, version }) => ({ id: id as string, version }));
  return { outcome: "saved", result: { saved: true, events, receipts, attempts } };
}
