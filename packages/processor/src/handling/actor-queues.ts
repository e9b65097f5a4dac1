import type { Event, StoredEvent } from "@aether/core";
import type { EventHandler } from "../handler.ts";
import { type Attempts, STOPPED, type Work, type WorkEnd } from "./attempts.ts";
import type { Counters } from "./counters.ts";
import type { MarkEntry } from "./low-water-mark.ts";
import type { Slots } from "./slots.ts";

export interface ActorQueuesParts<E extends Event> {
  readonly handle: EventHandler<E>;
  readonly attempts: Attempts;
  readonly slots: Slots;
  readonly counters: Counters;
  /** True to handle the events of all actors in one queue. */
  readonly isOneQueue: boolean;
  /** Called when an event is handled, or needs not be handled any more. */
  readonly done: (entry: MarkEntry) => void;
  /** Called when the last attempt has failed. Resolves once the actor is parked; rejects if the run ends instead. */
  readonly failed: (task: Task<E>, end: Extract<WorkEnd, { status: "failed" }>) => Promise<void>;
}

/** An event in a queue. */
export interface Task<E extends Event> {
  readonly stored: StoredEvent<E>;
  readonly entry: MarkEntry;
}

/** Handles the events of each actor one after the other, and those of different actors at the same time. */
export class ActorQueues<E extends Event> {
  readonly #parts: ActorQueuesParts<E>;
  /** The events of each actor that has one in a handler; the first one is in the handler. */
  readonly #queues = new Map<string, Task<E>[]>();

  constructor(parts: ActorQueuesParts<E>) {
    this.#parts = parts;
  }

  /** Handles an event after the earlier ones of its actor. */
  add(task: Task<E>): void {
    const key = this.#parts.isOneQueue ? "" : task.stored.event.actorId;
    const queue = this.#queues.get(key);
    if (queue !== undefined) {
      queue.push(task);
      return;
    }
    const { slots } = this.#parts;
    if (slots.tryTake()) {
      // A handler that returns no promise is done here, without a queue.
      const end = this.#parts.attempts.first(this.#workOf(task));
      if (!(end instanceof Promise)) {
        slots.release();
        if (end !== STOPPED) this.#handled(task);
        return;
      }
      const own = [task];
      this.#queues.set(key, own);
      void this.#finish(key, own, end);
      return;
    }
    const own = [task];
    this.#queues.set(key, own);
    slots.take(() => this.#start(key, own));
  }

  /** Starts the first event of a queue, in a slot. */
  #start(key: string, queue: Task<E>[]): void {
    const [task] = queue;
    if (task !== undefined) void this.#finish(key, queue, this.#parts.attempts.first(this.#workOf(task)));
  }

  /** Waits for the end of the first event of a queue, and continues with the next one. */
  async #finish(key: string, queue: Task<E>[], pending: WorkEnd | Promise<WorkEnd>): Promise<void> {
    const { slots, failed, done } = this.#parts;
    const end = await pending;
    slots.release();
    const [task] = queue;
    if (task === undefined || end === STOPPED) return;
    let rest = queue;
    if (end.status === "failed") {
      try {
        await failed(task, end);
      } catch {
        return; // The run ends. The event is handled again after the checkpoint.
      }
      // The actor is parked, including its events in the queue.
      const { actorId } = task.stored.event;
      for (const parked of queue.filter(({ stored }) => stored.event.actorId === actorId)) done(parked.entry);
      rest = queue.filter(({ stored }) => stored.event.actorId !== actorId);
      this.#queues.set(key, rest);
    } else {
      queue.shift();
      this.#handled(task);
    }
    if (rest.length === 0) this.#queues.delete(key);
    else slots.take(() => this.#start(key, rest));
  }

  #handled({ entry }: Task<E>): void {
    this.#parts.counters.handled(1);
    this.#parts.done(entry);
  }

  #workOf({ stored }: Task<E>): Work {
    const { handle } = this.#parts;
    const { event, position } = stored;
    return { actorId: event.actorId, position, call: (context) => handle(event, context) };
  }
}
