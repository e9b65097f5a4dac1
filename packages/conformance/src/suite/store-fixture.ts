import type { Event, EventStore, StoreSupports } from "@aether/core";
import type { Runner } from "./runner.ts";

/** What only a store's author can do to what a closed store left behind. Cases that need a hook run where it is given. */
export interface Damage<Place> {
  /** Leaves behind what a crash in the middle of saving these events, in one batch or one by one, could leave behind. */
  interruptedSave?(place: Place, events: readonly Event[]): void | Promise<void>;
  /** Puts a record that is no event where the actor's next event would stand. */
  malformedRecord?(place: Place, actorId: string): void | Promise<void>;
}

/** Makes stores for the suite. A place is where one store keeps its events: a directory, a schema, the name of a stream. */
export interface StorePlaces<Place> {
  /** The manifest of the stores under test: it decides which cases run. */
  readonly supports: StoreSupports;
  /** A new, empty place. Every case gets its own. */
  createPlace(): Place | Promise<Place>;
  /**
   * Opens a store on a place. It is called again for a place where an earlier store was closed if stores are `durable`,
   * and while another one is open if they are `shared`.
   */
  open(place: Place): EventStore | Promise<EventStore>;
  /** Frees a place. Its stores are closed by then. */
  destroyPlace?(place: Place): void | Promise<void>;
  /** How to damage what a closed store left behind, for the cases that need it. */
  readonly damage?: Damage<Place>;
  /**
   * How long a case may take, in milliseconds, from the first call of `open` on: what has not ended by then never does. Keep
   * it below the time after which the runner ends a test: it cannot say what the test waited for.
   * @default 4_000
   */
  readonly patienceMs?: number;
}

/** What {@link testEventStore} is handed. */
export interface StoreFixture<Place> extends Runner, StorePlaces<Place> {
  /** The name of the store: what the tests are reported under. */
  readonly name: string;
}
