import type { CallOptions, Event, EventDraft, EventStore, VersionConflictError } from "@aether/core";
import { abortable } from "./loop/abortable.ts";

/** The result of a decision: one event, several in order, or nothing to save. */
export type Decision<E extends Event = Event> = EventDraft<E> | readonly EventDraft<E>[] | undefined;

/** Decides what to save. It is called again for every attempt, so it must have no side effects. */
export type Decide<E extends Event = Event> = (attempt: Attempt<E>) => Decision<E> | Promise<Decision<E>>;

/** The input of a decision. */
export interface Attempt<E extends Event = Event> {
  /** The actor that the decision is about. */
  readonly actorId: string;
  /** Number of the attempt, from 1. */
  readonly attempt: number;
  /** The most recent conflict of the call. */
  readonly conflict: VersionConflictError | undefined;
  /** The signal of the call. */
  readonly signal: AbortSignal | undefined;
  /**
   * Returns the actor's events, ascending by version. The store is read at most once per attempt, and only if this is
   * called. After a conflict, only the new events are read.
   */
  readonly events: () => Promise<readonly E[]>;
  /** Returns the version of the last of `events()` if those were read, otherwise the actor's latest version. */
  readonly currentVersion: () => Promise<number>;
}

/** A decision, and the version that it is based on. */
export interface Decided<E extends Event> {
  readonly drafts: readonly EventDraft<E>[];
  readonly version: number;
}

/** Makes the decision of one attempt. */
export type MakeDecision<E extends Event> = (
  attempt: number,
  conflict: VersionConflictError | undefined,
) => Promise<Decided<E>>;

/**
 * Prepares the decisions of one call. Each decision records the version of the last event that `decide` saw. Events are
 * kept for later attempts, which read only the new ones.
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
    const version = lastVersion(before);
    const added = await store.getEvents(actorId, version === 0 ? 0 : version + 1, call);
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
      // The version is taken together with the decision: events that arrive later were not seen.
      return { drafts: [decision ?? []].flat() as readonly EventDraft<E>[], seen: version };
    };
    const { drafts, seen } = await abortable(deciding(), signal);
    // The latest version is correct only if the decision did not look at the actor: otherwise it could skip events that
    // the decision did not see. It is read even after a conflict, whose version is outdated after the wait.
    return { drafts, version: seen ?? (drafts.length === 0 ? 0 : await store.getLatestVersion(actorId, call)) };
  };
}

function lastVersion(events: readonly Event[]): number {
  return events.at(-1)?.version ?? 0;
}
