import type { EventStore, StoreCapabilities, StoreCapability } from "@aether/core";
import { show } from "../checks/show.ts";
import { Patience } from "./patience.ts";
import { play, Scene } from "./play.ts";
import type { Stage, StoreCase } from "./store-case.ts";
import type { Damage, StorePlaces } from "./store-fixture.ts";
import { watchedPromise } from "./watched-calls.ts";
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
 * @throws {@link ConformanceError} when the store breaks a promise, also by an error that the case did not expect, and by
 * never ending
 *
 * @example
 * ```ts
 * for (const one of storeCases) if (applies(one, places)) await runStoreCase(places, one);
 * ```
 */
export async function runStoreCase<Place>(places: StorePlaces<Place>, one: StoreCase): Promise<void> {
  const patience = new Patience(places.patienceMs);
  const scene = new Scene<Place, EventStore>(places, watchedStore, patience);
  await play(scene, places, {
    promise: one.name,
    run: (place) => patience.spend(one.name, () => one.run(new PlaceStage(places, scene, place, patience))),
    close: (store) => patience.spend("a store can be closed", () => store.close()),
  });
}

class PlaceStage<Place> implements Stage {
  readonly #places: StorePlaces<Place>;
  readonly #scene: Scene<Place, EventStore>;
  readonly #place: Place;
  readonly #patience: Patience;

  constructor(places: StorePlaces<Place>, scene: Scene<Place, EventStore>, place: Place, patience: Patience) {
    this.#places = places;
    this.#scene = scene;
    this.#place = place;
    this.#patience = patience;
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
    const { damage } = this.#places;
    await this.#hook("interruptedSave", events, async () => damage?.interruptedSave?.(this.#place, events));
  }

  async malformedRecord(actorId: string): Promise<void> {
    const { damage } = this.#places;
    await this.#hook("malformedRecord", actorId, async () => damage?.malformedRecord?.(this.#place, actorId));
  }

  /** An error of a hook is told as one of the hook. */
  async #hook(name: keyof Damage<Place>, argument: unknown, work: () => Promise<void>): Promise<void> {
    await watchedPromise(`damage.${name}(place, ${show(argument)})`, this.#patience, work());
  }
}
