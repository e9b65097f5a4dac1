import type { Event, EventStore, StoreSupports } from "@aether/core";

/**
 * Damages the storage of a closed store in ways that only its author knows. Every hook is optional: cases that need a
 * missing hook do not run.
 */
export interface StorageDamage<Storage> {
  /**
   * Leaves behind what a crash during a save of these events could leave. With one event, the crash interrupts
   * `saveEvent`; with several, it interrupts one batch.
   */
  readonly interruptedSave?: ((storage: Storage, events: readonly Event[]) => void | Promise<void>) | undefined;
  /** Stores a record that is not an event, where the actor's next event would be stored. */
  readonly malformedRecord?: ((storage: Storage, actorId: string) => void | Promise<void>) | undefined;
}

/**
 * The event store that the suite tests.
 *
 * @typeParam Storage - identifies where one store keeps its events: a directory, a database schema, the name of a
 * stream
 */
export interface StoreUnderTest<Storage> {
  /** The public manifest of the store. It decides which cases run. */
  readonly supports: StoreSupports;
  /** Creates new, empty storage. Every case gets its own. */
  createStorage(): Storage | Promise<Storage>;
  /**
   * Opens a store on the storage. If stores are `durable`, the suite calls it again after an earlier store was closed.
   * If stores are `shared`, it also calls it while another store is open.
   */
  open(storage: Storage): EventStore | Promise<EventStore>;
  /**
   * Frees the storage. All its stores are closed before.
   * @default nothing is freed
   */
  readonly destroyStorage?: ((storage: Storage) => void | Promise<void>) | undefined;
  /**
   * Damages the storage of a closed store.
   * @default cases that need damaged storage do not run
   */
  readonly damage?: StorageDamage<Storage> | undefined;
  /**
   * Maximum duration of one case, in milliseconds, from the first call of `open`. A case that takes longer fails and
   * names the calls that are still pending. Keep it below the timeout of the test runner, which cannot name them.
   * @default 4_000
   */
  readonly caseTimeoutMs?: number | undefined;
}
