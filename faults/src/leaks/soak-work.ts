import { type Event, isAetherError, type Position } from "@aether/core";
import type { NatsEventBus } from "@aether/eventbus-nats";
import type { JetStreamEventStore } from "@aether/store-jetstream";
import { PARTITION_COUNT } from "@aether/store-kit";
import { Random } from "../random.ts";

const MAX_IN_FLIGHT = 64;
/** Time limit of a follow read that is left after some pages. At the end of a round, no further pages arrive. */
const FOLLOW_TIMEOUT_MS = 500;
/** Number of actors in use at a time: ten times the capacity of the store's cache. */
const ACTORS = 5_000;
/** Number of operations after which the oldest actor is replaced, so that histories stay short. */
const OPERATIONS_PER_ACTOR = 20;
/** Number of actors that half of the operations use, so that the cache has hits. */
const BUSY_ACTORS = 400;

/** Share of each kind of operation, in percent. */
const kinds = {
  saves: 50,
  publishes: 25,
  "reads of the last events": 6,
  "reads stopped early": 3,
  "reads aborted": 3,
  "reads of the latest version": 2,
  loads: 1,
  "subscriptions opened and closed": 6,
  "follow reads left": 2,
  "follow reads aborted": 2,
};
type Kind = keyof typeof kinds;

/** Makes random calls to a store and a bus, many of them in flight at the same time. */
export class SoakWork {
  /** The first 10 errors that no operation should cause. */
  readonly unexpected: string[] = [];
  /** Number of operations by kind. */
  readonly counts: Record<string, number> = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, 0]));
  readonly #store: JetStreamEventStore;
  readonly #bus: NatsEventBus;
  readonly #random: Random;
  readonly #latest = new Map<number, number>();
  /** A recent position of the feed. */
  #after: Position | undefined;
  #done = 0;
  #oldest = 0;

  constructor(store: JetStreamEventStore, bus: NatsEventBus, seed: number) {
    this.#store = store;
    this.#bus = bus;
    this.#random = new Random(seed);
  }

  /** Works until the given total of operations or the deadline is reached, then waits for the calls in flight. */
  async run(operations: number, deadline: number): Promise<void> {
    const repeat = async (): Promise<void> => {
      while (this.#done < operations && performance.now() < deadline) await this.#attempt();
    };
    await Promise.all(Array.from({ length: MAX_IN_FLIGHT }, repeat));
  }

  async #attempt(): Promise<void> {
    if (++this.#done % OPERATIONS_PER_ACTOR === 0) this.#latest.delete(this.#oldest++);
    const kind = this.#pickKind();
    this.counts[kind] = (this.counts[kind] ?? 0) + 1;
    try {
      await this.#operate(kind);
    } catch (error) {
      const isAbort = error instanceof DOMException && error.name === "TimeoutError";
      if (!isAbort && !isAetherError(error) && this.unexpected.length < 10) this.unexpected.push(String(error));
    }
  }

  #pickKind(): Kind {
    let draw = this.#random.next() * 100;
    for (const [kind, weight] of Object.entries(kinds)) {
      draw -= weight;
      if (draw < 0) return kind as Kind;
    }
    return "saves";
  }

  async #operate(kind: Kind): Promise<void> {
    const [store, random] = [this.#store, this.#random];
    const actor = this.#oldest + random.integer(0, (random.chance(0.5) ? BUSY_ACTORS : ACTORS) - 1);
    const actorId = `actor-${actor}`;
    const latest = this.#latest.get(actor) ?? 0;
    switch (kind) {
      case "saves":
        this.#latest.set(actor, latest + 1);
        await store.saveEvent({ actorId, version: latest + 1, eventType: "Written", data: { actor } });
        return;
      case "publishes":
        await this.#bus.publish(`from.${random.integer(1, 1_000)}`, announcement(actorId));
        return;
      case "reads of the last events":
        await store.getEvents(actorId, Math.max(0, latest - 3));
        return;
      case "reads stopped early":
        for await (const _ of store.readEvents(actorId)) break;
        return;
      case "reads aborted":
        await store.getEvents(actorId, 0, { signal: AbortSignal.timeout(random.integer(0, 2)) });
        return;
      case "reads of the latest version":
        await store.getLatestVersion(actorId);
        return;
      case "loads":
        await store.load(actorId);
        return;
      case "follow reads left":
        await this.#follow(AbortSignal.timeout(FOLLOW_TIMEOUT_MS), random.integer(1, 3));
        return;
      case "follow reads aborted":
        await this.#follow(AbortSignal.timeout(random.integer(0, 20)), Number.POSITIVE_INFINITY);
        return;
      case "subscriptions opened and closed":
        await this.#subscribe();
    }
  }

  /** Follows the feed, of all actors or of one partition, from one of the latest positions. Leaves after some pages. */
  async #follow(signal: AbortSignal, pages: number): Promise<void> {
    const partition = this.#random.chance(0.5) ? this.#random.integer(0, PARTITION_COUNT - 1) : undefined;
    let read = 0;
    for await (const { position } of this.#store.readFeed({ after: this.#after, follow: true, partition, signal })) {
      this.#after = position;
      if (++read >= pages) return;
    }
  }

  async #subscribe(): Promise<void> {
    const subscription = this.#bus.subscribe(`from.${this.#random.integer(1, 1_000)}`);
    if (this.#random.chance(0.2)) await subscription.ready;
    await subscription.unsubscribe();
  }
}

function announcement(actorId: string): Event {
  return { id: "1", eventType: "Happened", actorId, version: 1, data: {}, timestamp: "2026-01-01T00:00:00Z" };
}
