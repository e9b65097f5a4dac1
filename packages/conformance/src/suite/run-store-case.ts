import type { EventStore, StoreCapabilities, StoreCapability } from "@aether/core";
import { play, Scene } from "./play.ts";
import type { Stage, StoreCase } from "./store-case.ts";
import type { StorePlaces } from "./store-fixture.ts";
import { watchedStore } from "./watched-store.ts";

/**
 * Tells whether a case applies to the stores of a fixture: by their manifest, and by the damage hooks that there are.
 *
 * @example
 * ```ts
 * for (const one of storeCases) if (applies(one, places)) await runStoreCase(places, one);
 * ```
 */
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
 *
 * @example
 * ```ts
 * for (const one of storeCases) if (applies(one, places)) await runStoreCase(places, one);
 * ```
 */
export async function runStoreCase<Place>(places: StorePlaces<Place>, one: StoreCase): Promise<void> {
  const scene = new Scene<Place, EventStore>(places, watchedStore);
  await play(scene, places, {
    promise: one.name,
    run: (place) => one.run(new PlaceStage(places, scene, place)),
    close: (store) => store.close(),
  });
}

class PlaceStage<Place> implements Stage {
  readonly #places: StorePlaces<Place>;
  readonly #scene: Scene<Place, EventStore>;
  readonly #place: Place;

  constructor(places: StorePlaces<Place>, scene: Scene<Place, EventStore>, place: Place) {
    this.#places = places;
    this.#scene = scene;
    this.#place = place;
  }

  get supports(): Stage["supports"] {
    return this.#places.supports;
  }

  open(): Promise<EventStore>;
  open<Capability extends StoreCapability>(capability: Capability): Promise<StoreCapabilities[Capability]>;
  open(): Promise<EventStore> {
    return this.#scene.open(this.#place);
  }

  async interruptedSave(events: Parameters<Stage["interruptedSave"]>[0]): Promise<void> {
    await this.#places.damage?.interruptedSave?.(this.#place, events);
  }

  async malformedRecord(actorId: string): Promise<void> {
    await this.#places.damage?.malformedRecord?.(this.#place, actorId);
  }
}
