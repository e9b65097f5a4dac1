import { EVENT_STORED, type Event, type EventStored, MetadataKeys } from "@aether/core";
import { type AnnouncementBus, type AnnounceOptions, readAnnounceOptions } from "./announce-options.ts";
import { AnnouncementLostError } from "./announcement-lost-error.ts";
import { type EventDefaults, eventDefaults } from "./event-defaults.ts";

/** Maximum number of announcements for one actor that wait for a slow bus. Further announcements are lost. */
const MAX_WAITING_PER_ACTOR = 1_024;

/** Metadata that an announcement has in common with the stored event. */
const sharedKeys = [MetadataKeys.correlationId, MetadataKeys.traceId, MetadataKeys.spanId] as const;

/**
 * Publishes `EventStored` announcements in the background, so that saves do not wait for the bus. Each actor has a
 * bounded queue, which keeps version order.
 *
 * @example
 * ```ts
 * const announcer = new Announcer({ bus, busNamespace: "orders" });
 * announcer.announce([event]); // after it was stored
 * await announcer.drained(); // in close()
 * ```
 */
export class Announcer {
  readonly #bus: AnnouncementBus;
  readonly #namespaceOf: (event: Event) => string;
  readonly #onError: (error: AnnouncementLostError) => void;
  readonly #defaults: EventDefaults;
  readonly #queues = new Map<string, Event[]>();
  readonly #workers = new Set<Promise<void>>();

  constructor(options: AnnounceOptions & { readonly bus: AnnouncementBus }, defaults: EventDefaults = eventDefaults) {
    this.#bus = options.bus;
    const { busNamespace = "events" } = options;
    this.#namespaceOf = typeof busNamespace === "function" ? busNamespace : () => busNamespace;
    this.#onError = options.onBusError ?? ((error) => console.warn(error));
    this.#defaults = defaults;
  }

  /**
   * Queues an announcement for each of the stored events, which must be in version order. Returns immediately and
   * never throws.
   */
  announce(events: readonly Event[]): void {
    for (const event of events) {
      const queue = this.#queues.get(event.actorId);
      if (queue === undefined) this.#start(event);
      else if (queue.length < MAX_WAITING_PER_ACTOR) queue.push(event);
      else this.#lose(event, `${MAX_WAITING_PER_ACTOR} announcements are already waiting`);
    }
  }

  /** Resolves when the queues are empty: each announcement was published or reported as lost. Never rejects. */
  async drained(): Promise<void> {
    while (this.#workers.size > 0) await Promise.all(this.#workers);
  }

  #start(event: Event): void {
    const queue = [event];
    this.#queues.set(event.actorId, queue);
    const worker = this.#work(event.actorId, queue).finally(() => this.#workers.delete(worker));
    this.#workers.add(worker);
  }

  async #work(actorId: string, queue: Event[]): Promise<void> {
    for (let event = queue[0]; event !== undefined; event = queue[0]) {
      try {
        await this.#bus.publish(this.#namespaceOf(event), this.#announcementOf(event));
      } catch (cause) {
        this.#lose(event, "it could not be published", cause);
      }
      queue.shift();
    }
    this.#queues.delete(actorId);
  }

  #announcementOf({ id, eventType, actorId, version, timestamp, metadata: stored }: Event): EventStored {
    const metadata: Record<string, string> = { [MetadataKeys.causationId]: id };
    for (const key of sharedKeys) {
      const value = stored?.[key];
      if (value !== undefined) metadata[key] = value;
    }
    return {
      id: this.#defaults.newId(),
      eventType: EVENT_STORED,
      actorId,
      version,
      data: { eventId: id, eventType, actorId, version, timestamp },
      metadata,
      timestamp: this.#defaults.now(),
    };
  }

  /** Reports a lost announcement. If `onBusError` throws, that error is logged and the queue continues. */
  #lose({ actorId, version, id }: Event, reason: string, cause?: unknown): void {
    try {
      this.#onError(new AnnouncementLostError({ actorId, version, eventId: id, reason, cause }));
    } catch (thrown) {
      console.warn(thrown);
    }
  }
}

/**
 * Returns an announcer for the options, or `undefined` if they have no bus.
 *
 * @param defaults - provides the ids and timestamps of announcements; {@link eventDefaults} by default
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const announcer = announcerFor({ bus });
 * announcer?.announce([event]); // after it was stored
 * ```
 */
export function announcerFor<E extends Event>(
  options: AnnounceOptions<E>,
  defaults: EventDefaults = eventDefaults,
): Announcer | undefined {
  // The store announces only its own events, so the announcer need not know their types.
  const { bus, ...others } = readAnnounceOptions(options) as AnnounceOptions;
  return bus === undefined ? undefined : new Announcer({ ...others, bus }, defaults);
}
