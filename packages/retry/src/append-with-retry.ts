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
import { type Decide, type Decided, decisions } from "./decide.ts";
import { type AttemptEnd, retry } from "./loop/retry-loop.ts";
import { type RetryOptions, settingsOf } from "./loop/retry-options.ts";
import type { OnlyDeclared } from "./only-declared.ts";

/** Id and version of an event that {@link appendWithRetry} saved. */
export interface SavedEvent {
  /** Id of the event. */
  readonly id: string;
  /** Version of the event. */
  readonly version: number;
}

/** Result of {@link appendWithRetry}: the decision is saved, or there was nothing to save. */
export type AppendResult =
  | {
      readonly saved: true;
      /** The events that are stored, in order. */
      readonly events: readonly SavedEvent[];
      /**
       * The store's receipts. `undefined` if the store reported that the same events were already stored at these
       * versions: by an earlier attempt with an unknown outcome, or by another call with the same ids.
       */
      readonly receipts: readonly SaveReceipt[] | undefined;
      readonly attempts: number;
    }
  | { readonly saved: false; readonly attempts: number };

/**
 * Decides what to save, saves it, and decides again after a version conflict.
 *
 * The result of `decide` is saved directly after the last event that it saw, by `events()` or `currentVersion()`. If it
 * called neither, the result is saved after the latest version. So if another writer saves an event in between, the
 * save is a conflict, and `decide` is called again. Events without an id get one that stays the same in all attempts.
 *
 * Only a version conflict leads to a new decision. After an unknown outcome, the same events are saved again; if the
 * outcome remains unknown, the call rejects with `OutcomeUnknownError`. A conflict with `sameEvent` is a success. Any
 * other error of `decide` or of the store ends the call unchanged.
 *
 * An id of your own does not make a second call a repeat: it saves the event again, at the next version. To prevent
 * that, look for the id among `events()` and return nothing if it is there.
 *
 * @param decide - called once per attempt; returns one event, several, or nothing to save nothing
 * @throws `AETHER_RETRIES_EXHAUSTED`, or the policy's own error: `AETHER_THRASHING`, `AETHER_CIRCUIT_OPEN`
 * @throws `AETHER_OUTCOME_UNKNOWN` if it is unknown whether the events were saved
 * @throws `AETHER_UNSUPPORTED` if there are several events and the store does not have the capability `batch`
 * @throws `AETHER_INVALID_ARGUMENT` for invalid options, before anything is read or saved
 * @throws `signal.reason`, and the errors of `decide` and of the store
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
  const call: CallOptions = { signal: settings.signal };
  const makeDecision = decisions(store, actorId, decide, call);
  const ids: string[] = [];
  let unsettled: readonly NewEvent<E>[] | undefined;

  return retry(actorId, settings, async (attempt, conflict) => {
    const events = unsettled ?? eventsOf(await makeDecision(attempt, conflict), actorId, ids);
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

/** Turns the drafts into events. `ids` contains the generated ids of earlier attempts; new ones are added to it. */
function eventsOf<E extends Event>(decided: Decided<E>, actorId: string, ids: string[]): readonly NewEvent<E>[] {
  return decided.drafts.map((draft, index) => {
    // Version 4: the ids only identify events. Version 7 is slower to generate, and contains the time.
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
  stored: readonly NewEvent[],
  receipts?: readonly SaveReceipt[],
): AttemptEnd<AppendResult> {
  const events = stored.map(({ id, version }) => ({ id: id as string, version }));
  return { outcome: "saved", result: { saved: true, events, receipts, attempts } };
}
