import type { CallOptions, Event, EventDraft, EventStore, VersionConflictError } from "@aether/core";
import { abortable } from "./abortable.ts";
import type { Decide } from "./decide.ts";

/** What was decided, and the version that the decision builds on. */
export interface Decided<E extends Event> {
  readonly drafts: readonly EventDraft<E>[];
  readonly version: number;
}

/** Makes one decision. */
export type MakeDecision<E extends Event> = (
  attempt: number,
  conflict: VersionConflictError | undefined,
) => Promise<Decided<E>>;

/**
 * Lets `decide` look at an actor's history as far as it wants to, and notes how far that was. What it has seen is kept
 * for the decisions after it.
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
    const fresh = await store.getEvents(actorId, version === 0 ? 0 : version + 1, call);
    known = Object.freeze([...before, ...fresh]);
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
      // In one step with the decision: what arrives later, it has not seen.
      return { drafts: [decision ?? []].flat() as readonly EventDraft<E>[], seen: version };
    };
    const { drafts, seen } = await abortable(deciding(), signal);
    // A version read only now would hide the events between what was looked at and now: it serves only where nothing was.
    // It is read anew also after a conflict: what that told is outdated by the wait, and most saves behind it would fail.
    return { drafts, version: seen ?? (drafts.length === 0 ? 0 : await store.getLatestVersion(actorId, call)) };
  };
}

function lastVersion(events: readonly Event[]): number {
  return events.at(-1)?.version ?? 0;
}
