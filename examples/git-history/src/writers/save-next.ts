import type { EventDraft, EventStore } from "@aether/core";
import { jitter, retryOnConflict } from "@aether/retry";
import type { FileEvent } from "../events/file-event.ts";

/**
 * Saves an event as the next event of its actor.
 *
 * @param knownVersion - the latest version of the actor that this writer knows
 * @param onConflict - called after each conflict with another writer
 * @returns the version of the saved event
 */
export type SaveNext = (
  actorId: string,
  draft: EventDraft<FileEvent>,
  knownVersion: number,
  onConflict: () => void,
) => Promise<number>;

/** Saves as the only writer: each version is the known version + 1, and a conflict is an error. */
export function saveAlone(store: EventStore<FileEvent>, signal?: AbortSignal): SaveNext {
  return async (actorId, draft, knownVersion) => {
    const { version } = await store.saveEvent({ ...draft, actorId, version: knownVersion + 1 }, { signal });
    return version;
  };
}

/**
 * The waits are short, because other writers finish soon. The number of attempts needs no limit: each conflict means
 * that another writer has stored an event of the actor, and the number of events is finite.
 */
const policy = jitter({ kind: "full", baseDelayMs: 1, maxDelayMs: 20, maxAttempts: Number.POSITIVE_INFINITY });

/**
 * Saves as one of several writers. It does not ask the store for the latest version, but tries the version after the
 * one that it knows. After a conflict, it tries the version after the current one, which the conflict error contains.
 */
export function saveCompeting(store: EventStore<FileEvent>): SaveNext {
  return async (actorId, draft, knownVersion, onConflict) => {
    const { version } = await retryOnConflict(
      ({ conflict }) => store.saveEvent({ ...draft, actorId, version: (conflict?.currentVersion ?? knownVersion) + 1 }),
      { policy, onRetry: onConflict },
    );
    return version;
  };
}
