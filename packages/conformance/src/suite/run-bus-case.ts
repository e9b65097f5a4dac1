import type { EventBroadcaster } from "@aether/core";
import type { BusCase, BusSetting, BusStage } from "./bus-case.ts";
import type { BusPlaces } from "./bus-fixture.ts";
import { Patience } from "./patience.ts";
import { play, Scene } from "./play.ts";
import { watchedBus } from "./watched-bus.ts";

/**
 * Plays one case on a place of its own, in one of its settings; closes its buses and destroys the place whatever happens.
 *
 * @throws {@link ConformanceError} when the bus breaks a promise, also by an error that the case did not expect, and by
 * never ending
 *
 * @example
 * ```ts
 * for (const one of busCases) for (const setting of one.settings) await runBusCase(busPlaces, one, setting);
 * ```
 */
export async function runBusCase<Place>(places: BusPlaces<Place>, one: BusCase, setting: BusSetting): Promise<void> {
  const patience = new Patience(places.patienceMs);
  const scene = new Scene<Place, EventBroadcaster>(places, watchedBus, patience);
  const run = async (place: Place): Promise<void> => {
    const publisher = await scene.open(place);
    const subscriber = setting === "one bus" ? publisher : await scene.open(place);
    const stage: BusStage = {
      publisher,
      subscriber,
      open: () => scene.open(place),
      openElsewhere: async () => scene.open(await scene.makePlace()),
      settle: async (bus = subscriber) => places.settle?.(scene.unwatched(bus)),
      until: (waitingFor, condition) => patience.until(waitingFor, condition),
    };
    await one.run(stage);
  };
  await play(scene, places, {
    promise: one.name,
    run: (place) => patience.spend(one.name, () => run(place)),
    close: (bus) => patience.spend("a bus can be closed", () => bus.close()),
  });
}
