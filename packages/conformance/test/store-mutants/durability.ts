import type { Event, SaveReceipt } from "@aether/core";
import { ReferenceStorage } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const outlive = "durability: events are still stored after the store is closed and opened again";

export const durabilityMutants: readonly Mutant[] = [
  mutant(
    "declares itself durable, but keeps everything in memory",
    [outlive, "durability: a reopened store rejects versions that are taken"],
    class extends ReferenceStore {
      constructor(_: ReferenceStorage) {
        super(new ReferenceStorage());
      }
    },
  ),
  mutant(
    "loses the last event when it is closed",
    [outlive],
    class extends ReferenceStore {
      #unwritten: readonly Event[] = [];
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        if (this.#unwritten.length > 0) super.append(this.#unwritten);
        this.#unwritten = events;
        return events.map((event) => this.receipt(event, this.position(0, event.version)));
      }
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        return { events: [...events, ...this.#unwritten.filter((event) => event.actorId === actorId)], errors };
      }
    },
  ),
  mutant(
    "remembers only the ids that it has saved itself",
    [
      "durability: a reopened store rejects versions that are taken",
      "shared stores: sameEvent is true for an event that another store has saved",
    ],
    class extends ReferenceStore {
      readonly #own = new Set<string>();
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        for (const { id } of events) this.#own.add(id);
        return super.append(events);
      }
      protected override isStored(event: Event, stored: readonly Event[]): boolean {
        return this.#own.has(event.id) && super.isStored(event, stored);
      }
    },
  ),
  mutant(
    "restarts positions when it is opened",
    ["durability: positions continue to ascend after reopening", "shared stores: positions ascend across open stores"],
    class extends ReferenceStore {
      #count = 0;
      protected override position(): string {
        return super.position(++this.#count, 0);
      }
    },
  ),
  mutant(
    "writes a batch event by event",
    ["durability: an interrupted batch is stored completely or not at all"],
    ReferenceStore,
    {
      damage: {
        interruptedSave: (storage, events) => {
          for (const event of events.slice(0, -1)) storage.put(event.actorId, JSON.stringify([event]));
        },
      },
    },
  ),
  mutant(
    "reads as much as possible from a partly written record",
    ["durability: an interrupted save does not affect other events"],
    class extends ReferenceStore {
      protected override decode(json: string): readonly Event[] {
        const torn = !json.endsWith("]");
        return torn
          ? [{ ...super.decode(`${json.slice(0, json.indexOf(',"timestamp"'))}}]`)[0] } as Event]
          : super.decode(json);
      }
      protected override decodeOne(one: unknown): Event {
        return super.decodeOne({ timestamp: this.now(), ...(one as object) });
      }
    },
  ),
];
