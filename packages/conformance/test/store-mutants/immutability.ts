import type { Event, EventsWithErrors, NewEvent, ReadOptions, SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const frozen = "immutability: what is read is deeply frozen";

/** Hands out the caller's own objects. */
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
    "reads the caller's object only after it has waited",
    ["immutability: what is saved is the event as it was at the call"],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent): Promise<SaveReceipt> {
        await undefined;
        return super.saveEvent(event);
      }
    },
  ),
  mutant(
    "copies the event at the call, but not what is in it",
    ["immutability: what is saved is the event as it was at the call"],
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
    ["immutability: what is saved does not change with the caller's object later"],
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
    ["immutability: the caller's object is left as it is"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        Object.freeze(event.data);
        return super.prepare(event);
      }
    },
  ),
  mutant(
    "writes the id into the caller's object",
    ["immutability: the caller's object is left as it is"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        return super.prepare(Object.assign(event, { id: event.id ?? this.newId() }));
      }
    },
  ),
  mutant(
    "does not freeze",
    [
      frozen,
      "immutability: a batch is what it was at the call",
      "immutability: events read together with errors are as immutable",
      "immutability: events read as a stream are as immutable",
      "durability: what was read after reopening is deeply frozen",
    ],
    class extends ReferenceStore {
      protected override decodeOne(one: unknown): Event {
        return one as Event;
      }
    },
  ),
  mutant(
    "freezes the event, but not what is in it",
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
    "hands out the array that it keeps",
    ["immutability: what one reader does to an event reaches no other"],
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
    "goes through the caller's array only after it has waited",
    ["immutability: a batch is what it was at the call"],
    class extends ReferenceStore {
      override async saveEvents(events: readonly NewEvent[]): Promise<readonly SaveReceipt[]> {
        await undefined;
        return super.saveEvents(events);
      }
    },
  ),
  mutant(
    "does not freeze what it reads together with errors",
    ["immutability: events read together with errors are as immutable"],
    class extends ReferenceStore {
      override async getEventsWithErrors(actorId: string, fromVersion = 0): Promise<EventsWithErrors> {
        return structuredClone(await super.getEventsWithErrors(actorId, fromVersion));
      }
    },
  ),
  mutant(
    "does not freeze what it streams",
    ["immutability: events read as a stream are as immutable"],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        for await (const event of super.stream(actorId, options)) yield structuredClone(event);
      }
    },
  ),
];

function freezeButItems(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (!Array.isArray(value)) for (const part of Object.values(value)) freezeButItems(part);
  return Object.freeze(value);
}
