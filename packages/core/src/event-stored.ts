import type { Event } from "./event.ts";

/**
 * `eventType` of the announcement that a store publishes after it has stored an event.
 *
 * @example
 * ```ts
 * bus.subscribe("events", (event) => console.log(event.data.eventType), { eventTypes: [EVENT_STORED] });
 * ```
 */
export const EVENT_STORED = "EventStored";

/**
 * Announcement that an event was stored. Its `actorId` and `version` are those of the stored event. Its metadata
 * contains the correlation id, the trace id and the span id of the stored event, and the id of that event as its
 * causation id.
 *
 * @typeParam E - union of the events that are announced; the default allows any type of event
 */
export type EventStored<E extends Event = Event> = Event<
  typeof EVENT_STORED,
  {
    /** Id of the stored event. */
    readonly eventId: string;
    /** Type of the stored event. */
    readonly eventType: E["eventType"];
    /** Actor of the stored event. */
    readonly actorId: string;
    /** Version of the stored event. */
    readonly version: number;
    /** Timestamp of the stored event, RFC 3339. */
    readonly timestamp: string;
  }
>;
