import type { Event } from "./event.ts";

/**
 * The `eventType` of the announcement that a store publishes after an event was saved.
 *
 * @example
 * ```ts
 * bus.subscribe("events", (event) => console.log(event.data), { eventTypes: [EVENT_STORED] });
 * ```
 */
export const EVENT_STORED = "EventStored";

/** The announcement that an event was saved: its `actorId` and `version` are those of the saved event. */
export type EventStored = Event<
  typeof EVENT_STORED,
  {
    readonly eventId: string;
    readonly actorId: string;
    readonly version: number;
    /** The timestamp of the saved event, RFC 3339. */
    readonly timestamp: string;
  }
>;
