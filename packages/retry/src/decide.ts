import {
  abortable,
  type CallOptions,
  type Event,
  type EventDraft,
  type EventStore,
  type VersionConflictError,
} from "@aether/core";

/** One event, several in order, or nothing to save. */
type Drafts<E extends Event> = EventDraft<E> | readonly EventDraft<E>[] | undefined;

/** A decision with a value that `appendWithRetry` returns, such as the state on which the decision is based. */
export interface DecisionWithResult<E extends Event = Event, Result = unknown> {
  /** The events to save. */
  readonly events: Drafts<E>;
  /** The value to return. */
  readonly result: Result;
}

/** The result of a decision: one event, several in order, nothing to save, or these together with a value to return. */
export type Decision<E extends Event = Event> = Drafts<E> | DecisionWithResult<E>;

/** Type of the value in the decisions of `D`; `undefined` if they have none. */
export type ResultOf<D extends (attempt: never) => unknown> = ValueIn<Awaited<ReturnType<D>>>;

type ValueIn<Given> = Given extends { readonly events: unknown; readonly result: infer Result } ? Result : undefined;

/** Function that decides which events to save. It may be called several times, so it must have no side effects. */
export type Decide<E extends Event = Event> = (attempt: Attempt<E>) => Decision<E> | Promise<Decision<E>>;

/** Input of a decision. */
export interface Attempt<E extends Event = Event> {
  /** Id of the actor that the decision is about. */
  readonly actorId: string;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** The most recent conflict of the call; `undefined` if there was none. */
  readonly conflict: VersionConflictError | undefined;
  /** The signal of the call. */
  readonly signal: AbortSignal | undefined;
  /**
   * Returns the actor's events in version order. The first call in an attempt reads them from the store, and further
   * calls return the same events. After a conflict, only the new events are read.
   */
  readonly events: () => Promise<readonly E[]>;
  /** Returns the version of the last event that `events()` returned; if it was not called, the latest version. */
  readonly currentVersion: () => Promise<number>;
}

/** A decision and the version that it is based on. */
export interface Decided<E extends Event> {
  readonly drafts: readonly EventDraft<E>[];
  readonly version: number;
  /** The events that were read in this call. */
  readonly known: readonly E[];
  /** The value to return. */
  readonly result: unknown;
}

/** Makes the decision for one attempt. */
export type MakeDecision<E extends Event> = (
  attempt: number,
  conflict: VersionConflictError | undefined,
) => Promise<Decided<E>>;

/**
 * Returns a function that makes the decisions of one call. Each decision has the version of the last event that
 * `decide` saw. The function keeps the events for later attempts, which read only new events.
 */
export function decisions<E extends Event>(
  store: EventStore<E>,
  actorId: string,
  decide: Decide<E>,
  call: CallOptions,
): MakeDecision<E> {
  const { signal } = call;
  let known: readonly E[] = [];

  const readNew = async (): Promise<readonly E[]> => {
    const before = known;
    const added = await store.getEvents(actorId, lastVersion(before) + 1, call);
    known = Object.freeze([...before, ...added]);
    return known;
  };

  return async (attempt, conflict) => {
    let reading: Promise<readonly E[]> | undefined;
    let asking: Promise<number> | undefined;
    let version: number | undefined;
    const events = (): Promise<readonly E[]> => {
      reading ??= readNew().then((all) => {
        version = lastVersion(all);
        return all;
      });
      return reading;
    };
    const currentVersion = (): Promise<number> => {
      if (reading) return reading.then(lastVersion);
      asking ??= store.getLatestVersion(actorId, call).then((latest) => {
        version ??= latest;
        return latest;
      });
      return asking;
    };
    const deciding = async () => {
      const decision = await decide({ actorId, attempt, conflict, signal, events, currentVersion });
      // The version is read together with the decision, because `decide` did not see events that are read later.
      const { events: drafts, result } = withResult(decision);
      return { drafts: [drafts ?? []].flat() as readonly EventDraft<E>[], seen: version, result };
    };
    const { drafts, seen, result } = await abortable(deciding(), signal);
    // If `decide` saw a version, the decision is based on that version: the latest version could skip events that
    // `decide` did not see. The latest version is read even after a conflict, because the conflict's version may be
    // outdated.
    const decidedOn = seen ?? (drafts.length === 0 ? 0 : await store.getLatestVersion(actorId, call));
    return { drafts, known, version: decidedOn, result };
  };
}

function withResult<E extends Event>(decision: Decision<E>): DecisionWithResult<E> {
  return decision && "result" in decision && !("eventType" in decision)
    ? decision
    : { events: decision as Drafts<E>, result: undefined };
}

function lastVersion(events: readonly Event[]): number {
  return events.at(-1)?.version ?? 0;
}
