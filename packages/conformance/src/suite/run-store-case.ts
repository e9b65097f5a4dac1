import type { EventStore, StoreCapability } from "@aether/core";
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
  const opened: EventStore[] = [];
  const failures: unknown[] = [];
  const attempt = async (work: () => unknown): Promise<void> => {
    try {
      await work();
    } catch (error) {
      failures.push(error);
    }
  };
  await attempt(async () => {
    try {
      await one.run(stageOn(places, place, opened));
    } catch (error) {
      throw asConformanceError(error, one);
    }
  });
  for (const store of opened) await attempt(() => store.close());
  await attempt(() => places.destroyPlace?.(place));
  if (failures.length > 1) throw new AggregateError(failures, String(failures[0]));
  if (failures.length === 1) throw failures[0];
}

function stageOn<Place>(places: StorePlaces<Place>, place: Place, opened: EventStore[]): Stage {
  return {
    supports: places.supports,
    async open(_capability?: StoreCapability) {
      const store = await watchedPromise("open(place)", (async () => places.open(place))());
      opened.push(store as EventStore);
      return watched(store as EventStore) as never;
    },
    async interruptedSave(events) {
      await places.damage?.interruptedSave?.(place, events);
    },
    async malformedRecord(actorId) {
      await places.damage?.malformedRecord?.(place, actorId);
    },
  };
}

function asConformanceError(error: unknown, one: StoreCase): unknown {
  if (error instanceof ConformanceError) return error;
  return new ConformanceError({
    promise: one.name,
    given: callBehind(error) ?? `the case "${one.name}"`,
    expected: "no error",
    actual: error,
    cause: error,
  });
}
