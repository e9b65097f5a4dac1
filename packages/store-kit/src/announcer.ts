import {
  AetherError,
  EVENT_STORED,
  type Event,
  type EventStored,
  InvalidArgumentError,
  MetadataKeys,
} from "@aether/core";
import { readFields } from "./arguments.ts";
import type { EventDefaults } from "./prepare.ts";

/** A bus, as far as a store needs one: any on which announcements may be published, whatever else is. */
export interface AnnouncementBus {
  /** Resolves when the bus has it; a rejection is told by `onBusError`. */
  // No method, so that the compiler refuses a bus that is for other events alone.
  readonly publish: (namespace: string, announcement: EventStored) => Promise<void>;
}

/** How a store tells others what it stored. */
export interface AnnounceOptions {
  /**
   * Where an `EventStored` announcement is published for each event, after it was stored and in the order of its actor's
   * versions. A save never waits for it. The store does not close it.
   * @default none: nothing is announced
   */
  readonly bus?: AnnouncementBus | undefined;
  /**
   * The namespace that announcements are published to.
   * @default "events"
   */
  readonly busNamespace?: string | undefined;
  /**
   * Hears of each announcement that could not be published, with an `AnnouncementLostError`. The event is stored all the
   * same.
   * @default writes a warning to the console
   */
  readonly onBusError?: ((error: AnnouncementLostError) => void) | undefined;
}

/**
 * An event was stored, but others were not told.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_ANNOUNCEMENT_LOST")) console.log(error.actorId, error.version);
 * ```
 */
export class AnnouncementLostError extends AetherError {
  override readonly name: string = "AnnouncementLostError";
  readonly code = "AETHER_ANNOUNCEMENT_LOST" as const;
  /** The actor that it is about. */
  readonly actorId: string;
  /** The version of the event. */
  readonly version: number;
  /** The id of the event. */
  readonly eventId: string;

  constructor({ actorId, version, id }: Event, reason: string, cause?: unknown) {
    super(
      `version ${version} of actor ${JSON.stringify(actorId.slice(0, 120))} is stored, but was not announced: ${reason}`,
      cause === undefined ? {} : { cause },
    );
    this.actorId = actorId;
    this.version = version;
    this.eventId = id;
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_ANNOUNCEMENT_LOST: AnnouncementLostError;
  }
}

/** How many announcements of one actor may wait for a slow bus. */
const MAX_WAITING_PER_ACTOR = 1_024;

/**
 * Publishes `EventStored` announcements behind a store's back: one bounded queue per actor, in the order of versions.
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

  /** Takes the events that were stored, in the order of their versions. Returns at once, and never throws. */
  announce(events: readonly Event[]): void {
    for (const event of events) {
      const queue = this.#queues.get(event.actorId);
      if (queue === undefined) this.#start(event);
      else if (queue.length < MAX_WAITING_PER_ACTOR) queue.push(event);
      else this.#report(new AnnouncementLostError(event, `${MAX_WAITING_PER_ACTOR} others wait already`));
    }
  }

  /** Resolves when nothing waits. Never rejects. */
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
        this.#report(new AnnouncementLostError(event, "the bus did not take it", cause));
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

  /** A listener that throws must not end the queue. */
  #report(error: AnnouncementLostError): void {
    try {
      this.#onError(error);
    } catch (thrown) {
      console.warn(thrown);
    }
  }
}

/**
 * The announcer that the options ask for, if they do.
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

/**
 * What options say of announcements, read once and checked.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const { bus, busNamespace } = readAnnounceOptions({ bus });
 * ```
 */
export function readAnnounceOptions(options: AnnounceOptions): AnnounceOptions {
  const read = readFields(options, "options", ["bus", "busNamespace", "onBusError"]);
  const { bus, busNamespace, onBusError } = read;
  if (bus !== undefined && typeof readFields(bus, "options.bus", ["publish"]).publish !== "function")
    throw invalid("options.bus", "must be an EventBroadcaster");
  if (busNamespace !== undefined && (typeof busNamespace !== "string" || busNamespace === ""))
    throw invalid("options.busNamespace", "must be a string that is not empty");
  if (onBusError !== undefined && typeof onBusError !== "function")
    throw invalid("options.onBusError", "must be a function");
  return read;
}

function invalid(argument: string, reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument, reason });
}
