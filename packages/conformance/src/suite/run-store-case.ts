import type { EventStore, StoreCapabilities, StoreCapability } from "@aether/core";
import { ConformanceError } from "../checks/conformance-error.ts";
import type { StorePlaces } from "./fixture.ts";
import type { Stage, StoreCase } from "./store-case.ts";
import { callBehind, watched, watchedPromise } from "./watched-store.ts";

/** Tells whether a case applies to the stores of a fixture: by their manifest, and by the damage hooks that there are. */
export function applies<Place>(
  one: StoreCase,
  { supports, damage }: Pick<StorePlaces<Place>, "supports" | "damage">,
): boolean {
  return (
    one.needs.every((need) => supports[need] === true) &&
    (one.needsDamage === undefined || damage?.[one.needsDamage] !== undefined)
  );
}

/**
 * Plays one case on a place of its own; closes its stores and destroys the place whatever happens.
 *
 * @throws {@link ConformanceError} when the store breaks a promise, also by an error that the case did not expect
 */
export async function runStoreCase<Place>(places: StorePlaces<Place>, one: StoreCase): Promise<void> {
  const place = await places.createPlace();
  const stage = new PlaceStage(places, place);
  const failures: unknown[] = [];
  const attempt = async (work: () => unknown): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  };
  await attempt(() => blamingTheStore(one, () => one.run(stage)));
  for (const store of stage.opened) await attempt(() => blamingTheStore(one, () => store.close()));
  await attempt(() => places.destroyPlace?.(place));
  // What fails in the cleaning up after a case that failed is an echo: the first failure says what is wrong.
  if (failures.length > 0) throw failures[0];
}

class PlaceStage<Place> implements Stage {
  readonly opened: EventStore[] = [];
  readonly #places: StorePlaces<Place>;
  readonly #place: Place;

  constructor(places: StorePlaces<Place>, place: Place) {
    this.#places = places;
    this.#place = place;
  }

  get supports(): Stage["supports"] {
    return this.#places.supports;
  }

  open(): Promise<EventStore>;
  open<Capability extends StoreCapability>(capability: Capability): Promise<StoreCapabilities[Capability]>;
  async open(): Promise<EventStore> {
    const opening = async (): Promise<EventStore> => this.#places.open(this.#place);
    const store = watched((await watchedPromise("open(place)", opening())) as EventStore);
    this.opened.push(store);
    return store;
  }

  async interruptedSave(events: Parameters<Stage["interruptedSave"]>[0]): Promise<void> {
    await this.#places.damage?.interruptedSave?.(this.#place, events);
  }

  async malformedRecord(actorId: string): Promise<void> {
    await this.#places.damage?.malformedRecord?.(this.#place, actorId);
  }
}

/** An error that a case did not expect breaks the promise of the case. */
async function blamingTheStore(one: StoreCase, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof ConformanceError) throw error;
    throw new ConformanceError({
      promise: one.name,
      given: callBehind(error) ?? `the case "${one.name}"`,
      expected: "no error",
      actual: error,
      cause: error,
    });
  }
}
