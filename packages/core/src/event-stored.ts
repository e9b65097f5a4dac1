import type { Event } from "./event.ts";

/**
 * `eventType` of the announcement that a store publishes after it has stored an event.
 *
 * @example
 * ```ts
 * bus.subscribe("events", (event) => console.log(event.data), { eventTypes: [EVENT_STORED] });
 * ```
 */
export const EVENT_STORED = "EventStored";

/** Announcement that an event was stored. Its `actorId` and `version` are those of the stored event. */
export type EventStored = Event<
  typeof EVENT_STORED,
  {
    /** Id of the stored event. */
    readonly eventId: string;
    /** Actor of the stored event. */
    readonly actorId: string;
    /** Version of the stored event. */
    readonly version: number;
    /** Timestamp of the stored event, RFC 3339. */
    readonly timestamp: string;
  }
>;
