import { type Event, InvalidEventError } from "@aether/core";
import { type EventDefaults, prepareEvent } from "@aether/store-kit";
import { isPureAndFrozen } from "./pure-and-frozen.ts";

/** What is published has happened: nothing of it is filled in here. */
const nothingFilledIn: EventDefaults = {
  newId: () => {
    throw new InvalidEventError({ path: "id", reason: "is missing: only a complete event is published" });
  },
  now: () => {
    throw new InvalidEventError({ path: "timestamp", reason: "is missing: only a complete event is published" });
  },
};

/** Events that were checked before and cannot have changed since. */
const known = new WeakSet<object>();

/**
 * The event that subscribers get: checked, complete, deeply frozen. An event that is frozen already, as stores and buses
 * hand them out, is taken as it is and checked only once, however often it is published; any other is copied.
 *
 * @throws `AETHER_INVALID_EVENT`
 *
 * @example
 * ```ts
 * hub.deliver(registry.matching("orders"), publishedEvent(event));
 * ```
 */
export function publishedEvent(event: Event): Event {
  if (known.has(event)) return event;
  const copy = prepareEvent<Event>(event, nothingFilledIn);
  if (!isPureAndFrozen(event)) return copy;
  known.add(event);
  return event;
}
