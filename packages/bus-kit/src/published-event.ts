import { type Event, InvalidEventError } from "@aether/core";
import { type EventDefaults, prepareEvent } from "@aether/store-kit";
import { isFrozenJson } from "./frozen-json.ts";

/** Rejects events without an id or timestamp, because a published event must be complete. */
const noDefaults: EventDefaults = {
  newId: () => {
    throw new InvalidEventError({ path: "id", reason: "is missing: only a complete event can be published" });
  },
  now: () => {
    throw new InvalidEventError({ path: "timestamp", reason: "is missing: only a complete event can be published" });
  },
};

/** Deeply frozen events that have already been checked. */
const checked = new WeakSet<object>();

/**
 * Checks that an event is valid and complete, and returns the deeply frozen event that subscribers receive. An event
 * that is already deeply frozen, such as an event from a store or a bus, is not copied, and is checked only the first
 * time it is published. Any other event is copied.
 *
 * @throws `AETHER_INVALID_EVENT`
 *
 * @example
 * ```ts
 * hub.deliver(registry.matching("orders"), publishedEvent(event));
 * ```
 */
export function publishedEvent(event: Event): Event {
  if (checked.has(event)) return event;
  const copy = prepareEvent<Event>(event, noDefaults);
  if (!isFrozenJson(event)) return copy;
  checked.add(event);
  return event;
}
