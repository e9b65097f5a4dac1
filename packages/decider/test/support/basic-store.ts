import type { Event, EventStore } from "@aether/core";

/** A store without any capability. */
export function basicStore<E extends Event>(store: EventStore<E>): EventStore<E> {
  return {
    supports: { durable: store.supports.durable, shared: store.supports.shared },
    saveEvent: (event, options) => store.saveEvent(event, options),
    getEvents: (actorId, fromVersion, options) => store.getEvents(actorId, fromVersion, options),
    getLatestVersion: (actorId, options) => store.getLatestVersion(actorId, options),
    close: () => store.close(),
    [Symbol.asyncDispose]: () => store.close(),
  };
}
