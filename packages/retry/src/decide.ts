import type { Event, EventDraft, VersionConflictError } from "@aether/core";

/** What a decision comes to: an event, several in their order, or nothing to save. */
export type Decision<E extends Event = Event> = EventDraft<E> | readonly EventDraft<E>[] | undefined;

/** Decides what to save. It is called afresh for every attempt, so it should do nothing but decide. */
export type Decide<E extends Event = Event> = (attempt: Attempt<E>) => Decision<E> | Promise<Decision<E>>;

/** What a decision may look at. */
export interface Attempt<E extends Event = Event> {
  /** The actor that is decided on. */
  readonly actorId: string;
  /** Which attempt this is, from 1. */
  readonly attempt: number;
  /** The last conflict that the call has met. */
  readonly conflict: VersionConflictError | undefined;
  /** The signal of the call. */
  readonly signal: AbortSignal | undefined;
  /**
   * The actor's events, ascending by version. They are read when this is called, once per attempt; after a conflict only
   * those that are new.
   */
  readonly events: () => Promise<readonly E[]>;
  /** The version of the last of `events()` if they were asked for, or else the actor's latest. */
  readonly currentVersion: () => Promise<number>;
}
