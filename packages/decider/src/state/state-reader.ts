import type { Event, EventStore } from "@aether/core";
import type { Clock } from "@aether/retry";
import type { Counters } from "../counters.ts";
import type { Snapshots } from "../snapshots/snapshots.ts";
import type { Actor } from "./actor.ts";
import type { KnownState } from "./known-state.ts";
import { SharedRead } from "./shared-read.ts";

/** Constructor options of {@link StateReader}. */
export interface StateReaderParts<E extends Event, State> {
  readonly store: EventStore<E>;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly snapshots: Snapshots<E, State> | undefined;
  readonly emptyState: () => KnownState<E, State>;
  /** Called when a read of the actor has ended. */
  readonly release: (actor: Actor<E, State>) => void;
}

/**
 * Reads the states of actors: at most one read of an actor at a time. A caller that needs a later read than the one in
 * flight shares the next one with all others that do.
 */
export class StateReader<E extends Event, State> {
  readonly #parts: StateReaderParts<E, State>;
  /** Number of moments so far. Reads, saves and commands each have one, so that they can be ordered. */
  #moment = 0;

  constructor(parts: StateReaderParts<E, State>) {
    this.#parts = parts;
  }

  /** Returns a moment after all earlier ones. */
  nextMoment(): number {
    return ++this.#moment;
  }

  /** Reads the new events of an actor, or waits for the read in flight. */
  async read(actor: Actor<E, State>, signal: AbortSignal | undefined): Promise<KnownState<E, State>> {
    return this.readAfter(0, actor, signal);
  }

  /** Waits for a read of the new events that began after a moment. */
  async readAfter(
    moment: number,
    actor: Actor<E, State>,
    signal: AbortSignal | undefined,
  ): Promise<KnownState<E, State>> {
    signal?.throwIfAborted();
    return this.#readAfter(moment, actor).wait(signal);
  }

  #readAfter(moment: number, actor: Actor<E, State>): SharedRead<KnownState<E, State>> {
    if (actor.reading === undefined) {
      actor.reading = new SharedRead();
      this.#begin(actor, actor.reading);
      return actor.reading;
    }
    if (!actor.reading.isAbandoned && (actor.reading.begunAt ?? 0) > moment) return actor.reading;
    if (actor.nextRead === undefined || actor.nextRead.isAbandoned) actor.nextRead = new SharedRead();
    return actor.nextRead;
  }

  #begin(actor: Actor<E, State>, read: SharedRead<KnownState<E, State>>): void {
    const begunAt = this.nextMoment();
    const begunMs = this.#parts.clock.now();
    read.begin(begunAt, async (signal) => {
      try {
        const known = actor.known ?? this.#parts.emptyState();
        await this.#readInto(known, actor, signal);
        known.confirm(begunAt, begunMs);
        actor.keep(known);
        return known;
      } finally {
        actor.reading = actor.nextRead?.isAbandoned ? undefined : actor.nextRead;
        actor.nextRead = undefined;
        if (actor.reading === undefined) this.#parts.release(actor);
        else this.#begin(actor, actor.reading);
      }
    });
  }

  async #readInto(known: KnownState<E, State>, actor: Actor<E, State>, signal: AbortSignal): Promise<void> {
    const { store, counters, snapshots } = this.#parts;
    if (known.version === 0 && snapshots !== undefined) await snapshots.load(actor, known, signal);
    const isTail = known.version > 0;
    if (isTail) counters.tailReads++;
    else counters.fullReads++;
    // A read of the whole history may skip the search for the first event.
    const events = await store.getEvents(actor.id, isTail ? known.version + 1 : 0, { signal });
    counters.eventsRead += events.length;
    known.addRead(events);
  }
}
