import { type EventStored, invalid } from "@aether/core";
import type { AnnouncementLostError } from "./announcement-lost-error.ts";
import { readFields } from "./arguments.ts";

/** Bus that announcements may be published to. It may also accept other events. */
export interface AnnouncementBus {
  /** Resolves once the bus has accepted the announcement. A rejection is reported to `onBusError`. */
  // A property, not a method, so that the compiler rejects a bus that accepts other events only.
  readonly publish: (namespace: string, announcement: EventStored) => Promise<void>;
}

/** Options of a store that announces stored events. */
export interface AnnounceOptions {
  /**
   * Bus on which the store publishes an `EventStored` announcement for each event, after it was stored, in the order of
   * the actor's versions. A save never waits for it. The store does not close the bus.
   * @default none: nothing is announced
   */
  readonly bus?: AnnouncementBus | undefined;
  /**
   * Namespace that announcements are published to.
   * @default "events"
   */
  readonly busNamespace?: string | undefined;
  /**
   * Called with an `AnnouncementLostError` for each announcement that could not be published. The event is stored.
   * @default writes a warning to the console
   */
  readonly onBusError?: ((error: AnnouncementLostError) => void) | undefined;
}

/**
 * Reads and checks the options of announcements, each once.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const announced = readAnnounceOptions({ bus, busNamespace: "orders" });
 * ```
 */
export function readAnnounceOptions(options: AnnounceOptions): AnnounceOptions {
  const read = readFields(options, "options", ["bus", "busNamespace", "onBusError"]);
  const { bus, busNamespace, onBusError } = read;
  if (bus !== undefined && typeof readFields(bus, "options.bus", ["publish"]).publish !== "function")
    throw invalid("options.bus", "must be an event bus");
  if (busNamespace !== undefined && (typeof busNamespace !== "string" || busNamespace === ""))
    throw invalid("options.busNamespace", "must be a string that is not empty");
  if (onBusError !== undefined && typeof onBusError !== "function")
    throw invalid("options.onBusError", "must be a function");
  return read;
}
