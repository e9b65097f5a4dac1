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
import { checkFunction } from "./callbacks.ts";
import { type Decide, type Decided, decisions, type ResultOf } from "./decide.ts";
import { type AttemptEnd, retryAttempts } from "./loop/retry-loop.ts";
import { type RetryOptions, retrySettings } from "./loop/retry-options.ts";
import { repeatOf } from "./repeat.ts";
import type { AnyDecide, ValidDecision } from "./valid-decision.ts";

/** Id and version of an event that {@link appendWithRetry} saved. */
export interface SavedEvent {
  /** Id of the event. */
  readonly id: string;
  /** Version of the event. */
  readonly version: number;
}

/**
 * Result of {@link appendWithRetry}: the decision is saved, or there was nothing to save.
 *
 * @typeParam Result - type of the value that `decide` returned together with the events
 */
export type AppendResult<Result = unknown> =
  | {
      readonly saved: true;
      /** The events that are stored, in order. */
      readonly events: readonly SavedEvent[];
      /**
       * The store's receipts. `undefined` if the events were already stored at these versions: by an earlier attempt
       * with an unknown outcome, or by another call with the same ids.
       */
      readonly receipts: readonly SaveReceipt[] | undefined;
      readonly attempts: number;
      /** The value that `decide` returned with these events; `undefined` if it returned none. */
      readonly result: Result;
    }
  | { readonly saved: false; readonly attempts: number; readonly result: Result };

/**
 * Decides what to save, saves it, and decides again after a version conflict.
 *
 * The result of `decide` is saved directly after the last event that `decide` saw through `events()`, or after the
 * version that `currentVersion()` returned. If `decide` called neither, the result is saved after the latest version.
 * If another writer saves an event in the meantime, the save is rejected with a conflict, and `decide` is called again.
 * Events without an id get an id that stays the same in all attempts.
 *
 * Only a version conflict leads to a new decision. After an unknown outcome, the same events are saved again. If the
 * outcome remains unknown, the call rejects with `OutcomeUnknownError`. A conflict with `sameEvent` counts as a
 * success, because the events are already stored. Any other error that `decide` or the store throws ends the call,
 * unchanged.
 *
 * A repeated call is recognised if `decide` calls `events()` and sets the ids of the events that it returns. If events
 * with these ids are among those that it read, nothing is saved, and the result contains the stored events. If `decide`
 * does not call `events()`, a repeated call saves the events again, at the next versions.
 *
 * `decide` can return `{ events, result }`. The call then returns `result`, such as the state that `decide` computed.
 *
 * @param decide - returns one event, several events, or `undefined` to save nothing; called again after each conflict
 * @throws `AETHER_RETRIES_EXHAUSTED`, or the policy's own error: `AETHER_THRASHING`, `AETHER_CIRCUIT_OPEN`
 * @throws `AETHER_OUTCOME_UNKNOWN` if it is unknown whether the events were saved
 * @throws `AETHER_INVALID_EVENT` if only some of the events are already stored with their ids; nothing is saved
 * @throws `AETHER_UNSUPPORTED` if there are several events and the store does not have the capability `batch`
 * @throws `AETHER_INVALID_ARGUMENT` for invalid options, before anything is read or saved, or if the policy returns an
 * invalid wait
 * @throws `signal.reason`, and the errors that `decide` and the store throw
 *
 * @example
 * ```ts
 * await appendWithRetry(store, "order-1", async ({ events }) => {
 *   if ((await events()).some((event) => event.eventType === "OrderShipped")) return;
 *   return { eventType: "OrderShipped", data: { carrier: "DHL" } };
 * });
 * ```
 */
export async function appendWithRetry<E extends Event, D extends AnyDecide<E> = Decide<E>>(
  store: EventStore<E>,
  actorId: string,
  decide: ValidDecision<E, D> & D,
  options: RetryOptions = {},
): Promise<AppendResult<ResultOf<D>>> {
  const settings = retrySettings(options);
  checkFunction("decide", decide);
  const call: CallOptions = { signal: settings.signal };
  const makeDecision = decisions(store, actorId, decide as Decide<E>, call);
  const ids: string[] = [];
  let unsettled: readonly NewEvent<E>[] | undefined;
  let result: ResultOf<D>;

  return retryAttempts(actorId, settings, async (attempt, conflict) => {
    let events = unsettled;
    if (!events) {
      const decided = await makeDecision(attempt, conflict);
      result = decided.result as ResultOf<D>;
      const repeated = repeatOf(decided);
      if (repeated) return { ...saved(attempt, result, repeated), saved: false };
      events = eventsOf(decided, actorId, ids);
    }
    if (events.length === 0) return { result: { saved: false, attempts: attempt, result } };
    try {
      return saved(attempt, result, events, await save(store, events, call));
    } catch (error) {
      unsettled = undefined;
      if (isAetherError(error, "AETHER_OUTCOME_UNKNOWN")) unsettled = events;
      else if (!isVersionConflictError(error)) throw error;
      else if (error.sameEvent) return saved(attempt, result, events);
      return { error };
    }
  });
}

/** Turns the drafts into events. `ids` contains the ids that earlier attempts generated. New ids are added to it. */
function eventsOf<E extends Event>(decided: Decided<E>, actorId: string, ids: string[]): readonly NewEvent<E>[] {
  return decided.drafts.map((draft, index) => {
    // A version 4 UUID. Version 7 is slower to generate and contains the time, which an id does not need.
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

function saved<Result>(
  attempts: number,
  result: Result,
  stored: readonly NewEvent[],
  receipts?: readonly SaveReceipt[],
): AttemptEnd<AppendResult<Result>> {
  const events = stored.map(({ id, version }) => ({ id: id as string, version }));
  return { saved: true, result: { saved: true, events, receipts, attempts, result } };
}
