import type { EventDraft, EventStore } from "@aether/core";
import { jitter, retryOnConflict } from "@aether/retry";
import type { FileEvent } from "../events/file-event.ts";

/**
 * Saves an event as an actor's next one.
 *
 * @param knownVersion - the actor's latest version, as far as this writer knows
 * @param onConflict - to be called each time that another writer was first
 * @returns the version that it got
 */
export type SaveNext = (
  actorId: string,
  draft: EventDraft<FileEvent>,
  knownVersion: number,
  onConflict: () => void,
) => Promise<number>;

/** For a writer that nobody else competes with: the versions are counted, never asked for. */
export function saveAlone(store: EventStore<FileEvent>, signal?: AbortSignal): SaveNext {
  const call = signal === undefined ? {} : { signal };
  return async (actorId, draft, knownVersion) =>
    (await store.saveEvent({ ...draft, actorId, version: knownVersion + 1 }, call)).version;
}

/**
 * Short waits, as another writer is done in a moment. It never gives up, and ends all the same: each conflict means that
 * another writer stored an event of the actor, and these are finitely many.
 */
const policy = jitter({ kind: "full", baseDelayMs: 1, maxDelayMs: 20, maxAttempts: Number.POSITIVE_INFINITY });

/**
 * For a writer among several. It goes ahead from the version that it knows, or that the last conflict told it, and lets
 * the store be the judge, instead of asking the store first.
 */
export function saveAmongOthers(store: EventStore<FileEvent>): SaveNext {
  return async (actorId, draft, knownVersion, onConflict) => {
    const { version } = await retryOnConflict(
      ({ conflict }) => store.saveEvent({ ...draft, actorId, version: (conflict?.currentVersion ?? knownVersion) + 1 }),
      { policy, onRetry: onConflict },
    );
    return version;
  };
}
