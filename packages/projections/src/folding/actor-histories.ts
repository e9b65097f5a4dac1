import type { Event, EventStore } from "@aether/core";

/** Maximum number of events that are kept. */
const MAX_EVENTS = 50_000;

/** The events of actors, for `history()`. Those of recently used actors are kept. */
export class ActorHistories<E extends Event> {
  readonly #store: Pick<EventStore<E>, "getEvents">;
  readonly #maxEvents: number;
  readonly #kept = new Map<string, readonly E[]>();
  readonly #reads = new Map<string, Promise<readonly E[]>>();
  #keptEvents = 0;

  constructor(store: Pick<EventStore<E>, "getEvents">, maxEvents: number = MAX_EVENTS) {
    this.#store = store;
    this.#maxEvents = maxEvents;
  }

  /** Returns the events of an event's actor, up to and including the event. @throws the errors of `getEvents` */
  async upTo(event: E): Promise<readonly E[]> {
    const { actorId, version } = event;
    // What was read may no longer be kept, because the events of other actors were read at the same time.
    let known = this.#kept.get(actorId) ?? [];
    // A running read may have begun before the event was stored.
    for (let reads = 0; (known.at(-1)?.version ?? 0) < version && reads < 2; reads++)
      known = await this.#readOn(actorId, known);
    const earlier = known.filter((each) => each.version < version);
    return Object.freeze([...earlier, event]);
  }

  #readOn(actorId: string, known: readonly E[]): Promise<readonly E[]> {
    const running = this.#reads.get(actorId);
    if (running !== undefined) return running;
    const read = this.#store
      .getEvents(actorId, (known.at(-1)?.version ?? 0) + 1)
      .then((later) => this.#keep(actorId, [...known, ...later]))
      .finally(() => this.#reads.delete(actorId));
    this.#reads.set(actorId, read);
    return read;
  }

  #keep(actorId: string, events: readonly E[]): readonly E[] {
    this.#forget(actorId);
    this.#kept.set(actorId, events);
    this.#keptEvents += events.length;
    for (const oldest of this.#kept.keys()) {
      if (this.#keptEvents <= this.#maxEvents || oldest === actorId) break;
      this.#forget(oldest);
    }
    return events;
  }

  #forget(actorId: string): void {
    this.#keptEvents -= this.#kept.get(actorId)?.length ?? 0;
    this.#kept.delete(actorId);
  }
}
