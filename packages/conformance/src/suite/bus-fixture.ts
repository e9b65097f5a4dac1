import type { EventBroadcaster } from "@aether/core";
import type { Runner } from "./runner.ts";

/** Makes buses for the suite. A place is where buses meet: a prefix of subjects, a topic, an exchange. */
export interface BusPlaces<Place> {
  /** Whether several buses that are open on one place hear each other. Then cases are played between two of them, too. */
  readonly shared: boolean;
  /** A new place that nobody else uses. Every case gets its own. */
  createPlace(): Place | Promise<Place>;
  /** Opens a bus on a place; if they are `shared`, also while others are open there. */
  open(place: Place): EventBroadcaster | Promise<EventBroadcaster>;
  /**
   * Resolves when every event whose publish has resolved, on any bus, has reached the subscriptions of this one.
   * @default at once: events have arrived when their publish resolves
   */
  settle?(bus: EventBroadcaster): Promise<void>;
  /** Frees a place. Its buses are closed by then. */
  destroyPlace?(place: Place): void | Promise<void>;
  /**
   * How long a case may take, in milliseconds: what has not arrived by then never does. Keep it below the time after which
   * the runner ends a test: it cannot say what the test waited for.
   * @default 4_000
   */
  readonly patienceMs?: number;
}

/** What {@link testEventBus} is handed. */
export interface BusFixture<Place> extends Runner, BusPlaces<Place> {
  /** The name of the bus: what the tests are reported under. */
  readonly name: string;
}
