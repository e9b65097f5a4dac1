import { type EventDefaults, prepareEvent } from "@aether/codec";
import { type Event, InvalidEventError } from "@aether/core";

/** What is published has happened: nothing of it is filled in here. */
const nothingFilledIn: EventDefaults = {
  newId: () => {
    throw new InvalidEventError({ path: "id", reason: "is missing: only a complete event is published" });
  },
  now: () => {
    throw new InvalidEventError({ path: "timestamp", reason: "is missing: only a complete event is published" });
  },
};

/** The event that subscribers get: checked, complete, detached, deeply frozen. @throws `AETHER_INVALID_EVENT` */
export function completeEvent(event: Event): Event {
  return prepareEvent<Event>(event, nothingFilledIn);
}
