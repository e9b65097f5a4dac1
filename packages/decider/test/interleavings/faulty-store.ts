import {
  type BatchEventStore,
  type CallOptions,
  type Event,
  type EventStore,
  type NewEvent,
  OutcomeUnknownError,
  type SaveReceipt,
  StoreUnavailableError,
} from "@aether/core";
import type { Random } from "./random.ts";

type Receipts = Promise<readonly SaveReceipt[]>;

/** Probabilities of faults. */
export interface Faults {
  /** Saves whose answer is lost. Some of them are never stored, and some are stored later. */
  readonly unknown: number;
  /** Reads that fail. */
  readonly failedReads: number;
}

/** Makes the calls of a store take a random time, and some of them fail. `late` gets the saves that arrive later. */
export function faultyStore<E extends Event>(
  store: EventStore<E>,
  random: Random,
  faults: Faults,
  late: Promise<unknown>[],
): EventStore<E> {
  const save = async (
    events: readonly NewEvent<E>[],
    options: CallOptions | undefined,
    send: () => Receipts,
  ): Receipts => {
    const [{ actorId } = { actorId: "" }] = events;
    const unknown = new OutcomeUnknownError({ actorId, eventIds: events.map(({ id }) => id ?? "") });
    await random.turns();
    options?.signal?.throwIfAborted();
    const isUnknown = random.chance(faults.unknown);
    const fate = isUnknown ? random.pick(["lost", "late", "stored"] as const) : "stored";
    if (fate === "lost") throw unknown;
    if (fate === "late") {
      const arrival = random.turns(30).then(send);
      late.push(arrival.catch(() => {}));
      throw unknown;
    }
    const receipts = await send();
    await random.turns();
    if (isUnknown || options?.signal?.aborted) throw unknown;
    return receipts;
  };
  const faulty: Partial<BatchEventStore<E>> = {
    saveEvent: async (event: NewEvent<E>, options) => {
      const [receipt] = await save([event], options, async () => [await store.saveEvent(event)]);
      return receipt as SaveReceipt;
    },
    saveEvents: (events: readonly NewEvent<E>[], options) =>
      save(events, options, () => (store as BatchEventStore<E>).saveEvents(events)),
    getEvents: async (actorId, fromVersion, options) => {
      await random.turns();
      const events = await store.getEvents(actorId, fromVersion);
      await random.turns();
      options?.signal?.throwIfAborted();
      if (random.chance(faults.failedReads)) throw new StoreUnavailableError({ operation: "read", reason: "a fault" });
      return events;
    },
  };
  return new Proxy(store, {
    get: (_, key) => {
      const value: unknown = Reflect.get(faulty, key) ?? Reflect.get(store, key);
      return typeof value === "function" ? value.bind(store) : value;
    },
  });
}
