import type { Event, EventStore, EventStored, StoreSupports } from "@aether/core";

/**
 * Hooks that damage the storage of a closed store. Only the author of the store knows the format of its data. Every
 * hook is optional: cases that need a missing hook are skipped.
 */
export interface StorageDamage<Storage> {
  /**
   * Leaves the storage as if the process had crashed while it saved these events. One event means a crash during
   * `saveEvent`. Several events mean a crash during one call to `saveEvents`.
   */
  readonly interruptedSave?: ((storage: Storage, events: readonly Event[]) => void | Promise<void>) | undefined;
  /**
   * Writes a record with these bytes to the place where the actor's next event would be stored. The bytes are not an
   * event that the actor may have next. They contain no line feed and no other control character. Return or resolve to
   * false if the storage cannot contain such a record, for example because a column accepts only JSON.
   */
  readonly malformedRecord?: ((storage: Storage, actorId: string, bytes: Uint8Array) => unknown) | undefined;
}

/** Ends a hold: see {@link StoreUnderTest.hold}. */
export type Release = () => void | Promise<void>;

/** The bus on which a store under test announces its events. */
export interface AnnouncementRecorder {
  /** Resolves when the bus has accepted the announcement. */
  readonly publish: (namespace: string, announcement: EventStored) => Promise<void>;
}

/**
 * The event store that the suite tests.
 *
 * @typeParam Storage - identifies the place where one store keeps its events: a directory, a database schema, the name
 * of a stream
 */
export interface StoreUnderTest<Storage> {
  /** The public manifest of the store. It decides which cases run. */
  readonly supports: StoreSupports;
  /** Creates new, empty storage. Every case gets its own. */
  createStorage(): Storage | Promise<Storage>;
  /**
   * Opens a store on the storage. If stores are `durable`, the suite opens the same storage again after it has closed
   * the first store. If stores are `shared`, the suite also opens the storage while another store is open on it.
   */
  open(storage: Storage): EventStore | Promise<EventStore>;
  /**
   * Opens a store that announces its events on the bus, in the namespace `"events"`. The bus rejects some announcements
   * on purpose, so let the store ignore its errors.
   * @default cases about announcements are skipped
   */
  readonly openWithBus?:
    | ((storage: Storage, bus: AnnouncementRecorder) => EventStore | Promise<EventStore>)
    | undefined;
  /**
   * Frees the storage. The suite calls it after all stores on the storage have been closed.
   * @default nothing is freed
   */
  readonly destroyStorage?: ((storage: Storage) => void | Promise<void>) | undefined;
  /**
   * Takes the lock of the storage, or makes the storage unavailable, while stores are open. Returns a function that
   * ends this. The suite holds storage for a few milliseconds.
   * @default cases about busy storage are skipped
   */
  readonly hold?: ((storage: Storage) => Release | Promise<Release>) | undefined;
  /**
   * Hooks that damage the storage of a closed store.
   * @default cases that need damaged storage are skipped
   */
  readonly damage?: StorageDamage<Storage> | undefined;
  /**
   * Maximum duration of one case, in milliseconds, from the first call to `open`. A case that takes longer fails, and
   * its error names the calls that are still pending. Keep the limit below the timeout of the test runner, because the
   * runner cannot name these calls.
   * @default 4_000
   */
  readonly caseTimeoutMs?: number | undefined;
}
