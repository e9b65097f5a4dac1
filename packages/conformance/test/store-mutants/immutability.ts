import type { CallOptions, Event, EventsWithErrors, NewEvent, ReadOptions, SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const frozen = "immutability: events that are read are deeply frozen";

/** A store whose reads return the same objects that were saved. */
class Aliasing extends ReferenceStore {
  readonly #kept = new Map<string, Event>();

  protected keep(receipt: SaveReceipt, event: NewEvent): void {
    this.#kept.set(receipt.id, event as Event);
  }

  protected override decodeOne(one: unknown): Event {
    const event = super.decodeOne(one);
    return this.#kept.get(event.id) ?? event;
  }
}

export const immutabilityMutants: readonly Mutant[] = [
  mutant(
    "reads the caller's object after an asynchronous step",
    ["immutability: an event is copied when saveEvent is called"],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent): Promise<SaveReceipt> {
        await undefined;
        return super.saveEvent(event);
      }
    },
  ),
  mutant(
    "makes a shallow copy of the event at the call",
    ["immutability: an event is copied when saveEvent is called"],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent): Promise<SaveReceipt> {
        const copy = { ...event };
        await undefined;
        return super.saveEvent(copy);
      }
    },
  ),
  mutant(
    "keeps the caller's object",
    ["immutability: changing the object after the save does not change the stored event"],
    class extends Aliasing {
      override async saveEvent(event: NewEvent): Promise<SaveReceipt> {
        const receipt = await super.saveEvent(event);
        this.keep(receipt, event);
        return receipt;
      }
    },
  ),
  mutant(
    "freezes the caller's object",
    ["immutability: saveEvent does not change or freeze the caller's object"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        Object.freeze(event.data);
        return super.prepare(event);
      }
    },
  ),
  mutant(
    "writes the id into the caller's object",
    ["immutability: saveEvent does not change or freeze the caller's object"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        return super.prepare(Object.assign(event, { id: event.id ?? this.newId() }));
      }
    },
  ),
  mutant(
    "does not freeze events",
    [
      frozen,
      "immutability: a batch is copied when saveEvents is called",
      "immutability: events from getEventsWithErrors are deeply frozen",
      "immutability: events from readEvents are deeply frozen",
      "durability: events are deeply frozen after reopening",
    ],
    class extends ReferenceStore {
      protected override decodeOne(one: unknown): Event {
        return one as Event;
      }
    },
  ),
  mutant(
    "freezes events only at the top level",
    [frozen],
    class extends ReferenceStore {
      protected override decodeOne(one: unknown): Event {
        return Object.freeze(one) as Event;
      }
    },
  ),
  mutant(
    "does not freeze objects in arrays",
    [frozen],
    class extends ReferenceStore {
      protected override decodeOne(one: unknown): Event {
        return freezeButItems(one) as Event;
      }
    },
  ),
  mutant(
    "returns the array that it keeps",
    ["immutability: a reader cannot change events for other readers"],
    class extends ReferenceStore {
      readonly #kept = new Map<string, readonly Event[]>();
      protected override from(events: readonly Event[], fromVersion: number): readonly Event[] {
        const key = `${events[0]?.actorId} ${events.length} ${fromVersion}`;
        const kept = this.#kept.get(key) ?? super.from(events, fromVersion);
        this.#kept.set(key, kept);
        return kept;
      }
    },
  ),
  mutant(
    "reads the caller's array after an asynchronous step",
    ["immutability: a batch is copied when saveEvents is called"],
    class extends ReferenceStore {
      override async saveEvents(events: readonly NewEvent[]): Promise<readonly SaveReceipt[]> {
        await undefined;
        return super.saveEvents(events);
      }
    },
  ),
  mutant(
    "does not freeze the events of getEventsWithErrors",
    ["immutability: events from getEventsWithErrors are deeply frozen"],
    class extends ReferenceStore {
      override async getEventsWithErrors(actorId: string, fromVersion = 0): Promise<EventsWithErrors> {
        return structuredClone(await super.getEventsWithErrors(actorId, fromVersion));
      }
    },
  ),
  mutant(
    "does not freeze the events of readEvents",
    ["immutability: events from readEvents are deeply frozen"],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        for await (const event of super.stream(actorId, options)) yield structuredClone(event);
      }
    },
  ),
  mutant(
    "keeps a shallowly frozen event as it is",
    ["immutability: an event that is frozen only in part is copied when it is saved"],
    class extends Aliasing {
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        const receipt = await super.saveEvent(event, options);
        if (Object.isFrozen(event)) this.keep(receipt, event);
        return receipt;
      }
    },
  ),
  mutant(
    "keeps frozen data as it is",
    ["immutability: an event that is frozen only in part is copied when it is saved"],
    class extends Aliasing {
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        const receipt = await super.saveEvent(event, options);
        if (Object.isFrozen(event?.data)) this.keep(receipt, Object.freeze({ ...event }));
        return receipt;
      }
    },
  ),
  mutant(
    "keeps the events of a frozen batch as they are",
    ["immutability: an event that is frozen only in part is copied when it is saved"],
    class extends Aliasing {
      override async saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        const receipts = await super.saveEvents(events, options);
        if (!Object.isFrozen(events)) return receipts;
        for (const [index, receipt] of receipts.entries()) this.keep(receipt, events[index] as NewEvent);
        return receipts;
      }
    },
  ),
  mutant(
    "writes defaults into the caller's options",
    ["immutability: the caller's options are not changed"],
    class extends ReferenceStore {
      protected override checkOpen(options: CallOptions | undefined): void {
        if (options !== undefined) Object.assign(options, { timeoutMs: 5_000 });
        super.checkOpen(options);
      }
    },
  ),
  mutant(
    "writes defaults into the options of a stream if it can",
    ["immutability: the caller's options are not changed"],
    class extends ReferenceStore {
      override readEvents(actorId: string, options?: ReadOptions): AsyncIterable<Event> {
        if (options !== undefined && Object.isExtensible(options)) Object.assign(options, { direction: "forward" });
        return super.readEvents(actorId, options);
      }
    },
  ),
];

function freezeButItems(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) for (const part of Object.values(value)) freezeButItems(part);
  return Object.freeze(value);
}
