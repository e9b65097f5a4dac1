import { type Event, InvalidEventError } from "@aether/core";
import { type EventDefaults, prepareEvent } from "@aether/store-kit";
import { isFrozenJson } from "./frozen-json.ts";

/** A published event must be complete: neither its id nor its timestamp is filled in. */
const noDefaults: EventDefaults = {
  newId: () => {
    throw new InvalidEventError({ path: "id", reason: "is missing: only a complete event can be published" });
  },
  now: () => {
    throw new InvalidEventError({ path: "timestamp", reason: "is missing: only a complete event can be published" });
  },
};

/** Frozen events that have been checked before. */
const checked = new WeakSet<object>();

/**
 * Checks that an event is valid and complete, and returns it deeply frozen, as subscribers receive it. An event that is
 * already deeply frozen, such as one from a store or a bus, is returned itself and checked only once, however often it
 * is published. Any other event is copied.
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
