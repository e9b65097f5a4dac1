import { EVENT_STORED, type Event, type EventStored, MetadataKeys } from "@aether/core";
import { type AnnouncementBus, type AnnounceOptions, readAnnounceOptions } from "./announce-options.ts";
import { AnnouncementLostError } from "./announcement-lost-error.ts";
import type { EventDefaults } from "./prepare.ts";

/** Maximum number of announcements for one actor that wait for a slow bus. Further announcements are lost. */
const MAX_WAITING_PER_ACTOR = 1_024;

/**
 * Publishes `EventStored` announcements in the background, so that saves do not wait for the bus. Each actor has a
 * bounded queue, which keeps version order.
 *
 * @example
 * ```ts
 * const announcer = new Announcer({ bus, busNamespace: "orders" }, defaults);
 * announcer.announce([event]); // after it was stored
 * await announcer.drained(); // in close()
 * ```
 */
export class Announcer {
  readonly #bus: AnnouncementBus;
  readonly #namespace: string;
  readonly #onError: (error: AnnouncementLostError) => void;
  readonly #defaults: EventDefaults;
  readonly #queues = new Map<string, Event[]>();
  readonly #workers = new Set<Promise<void>>();

  constructor(options: AnnounceOptions & { readonly bus: AnnouncementBus }, defaults: EventDefaults) {
    this.#bus = options.bus;
    this.#namespace = options.busNamespace ?? "events";
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
        await this.#bus.publish(this.#namespace, this.#announcementOf(event));
      } catch (cause) {
        this.#lose(event, "the bus did not accept it", cause);
      }
      queue.shift();
    }
    this.#queues.delete(actorId);
  }

  #announcementOf({ id, actorId, version, timestamp }: Event): EventStored {
    return {
      id: this.#defaults.newId(),
      eventType: EVENT_STORED,
      actorId,
      version,
      data: { eventId: id, actorId, version, timestamp },
      metadata: { [MetadataKeys.causationId]: id },
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
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const announcer = announcerFor({ bus }, defaults);
 * announcer?.announce([event]); // after it was stored
 * ```
 */
export function announcerFor(options: AnnounceOptions, defaults: EventDefaults): Announcer | undefined {
  const { bus, ...others } = readAnnounceOptions(options);
  return bus === undefined ? undefined : new Announcer({ ...others, bus }, defaults);
}
