import { type Event, type EventStored, invalid } from "@aether/core";
import type { AnnouncementLostError } from "./announcement-lost-error.ts";
import { readFields } from "./arguments.ts";

/**
 * A bus that accepts announcements. It may accept other events, too.
 *
 * @typeParam E - union of the events that are announced
 */
export interface AnnouncementBus<E extends Event = Event> {
  /** Resolves once the bus has accepted the announcement. A rejection is reported to `onBusError`. */
  // If this were a method, the compiler would also accept a bus that does not accept announcements.
  readonly publish: (namespace: string, announcement: EventStored<E>) => Promise<void>;
}

/**
 * Store options for the announcement of stored events.
 *
 * @typeParam E - union of the events in the store
 */
export interface AnnounceOptions<E extends Event = Event> {
  /**
   * Bus on which the store publishes an `EventStored` announcement for each event that it has stored, in version order
   * for each actor. Saves do not wait for the bus, and the store does not close it.
   * @default none: nothing is announced
   */
  readonly bus?: AnnouncementBus<E> | undefined;
  /**
   * Namespace that announcements are published to, or a function that returns the namespace for a stored event. With a
   * function, subscribers can choose announcements by namespace, for example those of one event type.
   * @default "events"
   */
  readonly busNamespace?: string | ((event: E) => string) | undefined;
  /**
   * Called with an `AnnouncementLostError` for each announcement that could not be published. The event is stored.
   * @default writes a warning to the console
   */
  readonly onBusError?: ((error: AnnouncementLostError) => void) | undefined;
}

/**
 * Checks the announcement options and returns them. Each option is read only once.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const announced = readAnnounceOptions({ bus, busNamespace: "orders" });
 * ```
 */
export function readAnnounceOptions<E extends Event>(options: AnnounceOptions<E>): AnnounceOptions<E> {
  const read = readFields(options, "options", ["bus", "busNamespace", "onBusError"]);
  const { bus, busNamespace, onBusError } = read;
  if (bus !== undefined && typeof readFields(bus, "options.bus", ["publish"]).publish !== "function")
    throw invalid("options.bus", "must be an event bus");
  if (
    busNamespace !== undefined &&
    typeof busNamespace !== "function" &&
    (typeof busNamespace !== "string" || busNamespace === "")
  )
    throw invalid("options.busNamespace", "must be a non-empty string or a function");
  if (onBusError !== undefined && typeof onBusError !== "function")
    throw invalid("options.onBusError", "must be a function");
  return read;
}
