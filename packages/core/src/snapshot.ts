import type { CallOptions } from "./store.ts";

/** State of an actor at a version. A snapshot is only a cache; the events are the source of truth. */
export interface Snapshot<State extends object = object> {
  /** Id of the actor. */
  readonly actorId: string;
  /** Version of the last event that `state` includes, at least 1. */
  readonly version: number;
  /** The state, as a JSON object. */
  readonly state: State;
  /** Time when the snapshot was saved, RFC 3339. */
  readonly timestamp: string;
}

/** Input of a save: a snapshot without its timestamp, which the store adds. */
export type NewSnapshot<State extends object = object> = Omit<Snapshot<State>, "timestamp">;

/** The methods of the `snapshots` capability. Snapshots are as durable and as shared as the events of the store. */
export interface SnapshotStore {
  /**
   * Saves a snapshot. If the actor already has a snapshot of the same version, the new one replaces it. If the actor
   * has a snapshot of a higher version, the save has no effect.
   *
   * @throws `AETHER_INVALID_ARGUMENT` if JSON cannot represent the state, or the version is greater than the actor's
   * latest version
   * @throws `AETHER_EVENT_TOO_LARGE`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`
   */
  saveSnapshot<State extends object>(snapshot: NewSnapshot<State>, options?: CallOptions): Promise<void>;

  /**
   * Returns the actor's snapshot with the highest version, deeply frozen, or `undefined` if there is none.
   *
   * @throws `AETHER_STORE_CLOSED`, `AETHER_INVALID_ARGUMENT`, `AETHER_STORE_UNAVAILABLE`, `signal.reason`
   */
  getLatestSnapshot<State extends object = object>(
    actorId: string,
    options?: CallOptions,
  ): Promise<Snapshot<State> | undefined>;
}
