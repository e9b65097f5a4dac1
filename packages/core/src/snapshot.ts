import type { CallOptions } from "./store.ts";

/** An actor's state as of a version: a shortcut for replay, never the truth. */
export interface Snapshot<State extends object = object> {
  /** Whose state it is. */
  readonly actorId: string;
  /** The version of the last event that is folded into `state`, at least 1. */
  readonly version: number;
  /** A JSON object. */
  readonly state: State;
  /** When it was taken, RFC 3339. */
  readonly timestamp: string;
}

/** What a caller saves: the store fills in the timestamp. */
export type NewSnapshot<State extends object = object> = Omit<Snapshot<State>, "timestamp">;

/** Keeps snapshots. */
export interface SnapshotStore {
  /**
   * Saves a snapshot. One of an older version than the newest that is kept changes nothing; one of the same version
   * takes its place.
   *
   * @throws `AETHER_INVALID_ARGUMENT` when JSON cannot carry it, or when its version is ahead of the actor's events
   */
  saveSnapshot<State extends object>(snapshot: NewSnapshot<State>, options?: CallOptions): Promise<void>;

  /**
   * The snapshot of the highest version, deeply frozen; `undefined` if there is none.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  getLatestSnapshot<State extends object = object>(
    actorId: string,
    options?: CallOptions,
  ): Promise<Snapshot<State> | undefined>;
}
