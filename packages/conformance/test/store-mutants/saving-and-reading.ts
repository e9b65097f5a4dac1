import { type Event, EventTooLargeError, type SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

export const savingMutants: readonly Mutant[] = [
  mutant(
    "returns undefined when there are no events",
    ["saving and reading: for an actor without events, reads return [] and version 0"],
    class extends ReferenceStore {
      override async getEvents(actorId: string, fromVersion?: number): Promise<readonly Event[]> {
        const found = await super.getEvents(actorId, fromVersion);
        return found.length === 0 ? (undefined as unknown as readonly Event[]) : found;
      }
    },
  ),
  mutant(
    "returns no receipt",
    [
      "saving and reading: the receipt has the id, version and timestamp of the event, and a position",
      "positions: concurrent saves get unique positions",
    ],
    class extends ReferenceStore {
      override async saveEvent(...call: Parameters<ReferenceStore["saveEvent"]>): Promise<SaveReceipt> {
        await super.saveEvent(...call);
        return undefined as unknown as SaveReceipt;
      }
    },
  ),
  mutant(
    "fails for an actor without events",
    ["saving and reading: for an actor without events, reads return [] and version 0"],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const found = super.read(actorId);
        if (found.events.length === 0) throw new Error(`unknown actor ${actorId}`);
        return found;
      }
    },
  ),
  mutant(
    "drops metadata",
    ["saving and reading: an event is read back with every field"],
    class extends ReferenceStore {
      protected override encode(events: readonly Event[]): string {
        return JSON.stringify(events.map(({ metadata: _, ...rest }) => rest));
      }
    },
  ),
  mutant(
    "stores numbers as 32-bit floats",
    ["saving and reading: data is read back unchanged, for every kind of JSON value"],
    class extends ReferenceStore {
      protected override encode(events: readonly Event[]): string {
        return JSON.stringify(events, (key, value) =>
          typeof value === "number" && key !== "version" ? Math.fround(value) : value,
        );
      }
    },
  ),
  mutant(
    "copies data by assignment, which changes the prototype",
    ["saving and reading: a key __proto__ is kept as data and changes no prototype"],
    class extends ReferenceStore {
      protected override decodeOne(one: unknown): Event {
        return super.decodeOne(assignAll(one));
      }
    },
  ),
  mutant(
    "keeps undefined properties as null",
    ["saving and reading: undefined properties are omitted, and -0 is read back as 0 or -0"],
    class extends ReferenceStore {
      protected override prepare(event: Event): Event {
        const text = JSON.stringify(event.data, (_, value) => (value === undefined ? null : value));
        return super.prepare({ ...event, data: JSON.parse(text) as object });
      }
    },
  ),
  mutant(
    "returns another id than it has stored",
    [
      "saving and reading: the receipt has the id, version and timestamp of the event, and a position",
      "batches: a batch is stored in its order, and its receipts have the same order",
    ],
    class extends ReferenceStore {
      protected override receipt(event: Event, position: string): SaveReceipt {
        return super.receipt({ ...event, id: this.newId() }, position);
      }
    },
  ),
  mutant(
    "makes ids that are unique within one process only",
    ["saving and reading: a missing id and a missing timestamp are filled in"],
    class extends ReferenceStore {
      #last = 0;
      override newId(): string {
        return `event-${++this.#last}`;
      }
    },
  ),
  mutant(
    "gives all events of a batch the same id",
    ["batches: missing ids and timestamps are filled in for each event of a batch"],
    class extends ReferenceStore {
      override newId(): string {
        return "00000000-0000-4000-8000-000000000000";
      }
    },
  ),
  mutant(
    "replaces timestamps",
    ["saving and reading: a given timestamp is stored unchanged"],
    class extends ReferenceStore {
      protected override prepare(event: Event): Event {
        return { ...super.prepare(event), timestamp: this.now() };
      }
      protected override prepareBatch(events: readonly Event[]): readonly Event[] {
        return super.prepareBatch(events).map((event) => ({ ...event, timestamp: this.now() }));
      }
    },
  ),
  mutant(
    "converts timestamps to UTC with milliseconds",
    ["saving and reading: a given timestamp is stored unchanged"],
    class extends ReferenceStore {
      protected override decodeOne(one: unknown): Event {
        const event = super.decodeOne(one);
        const time = Date.parse(event.timestamp);
        return Object.freeze({
          ...event,
          timestamp: Number.isNaN(time) ? event.timestamp : new Date(time).toISOString(),
        });
      }
    },
  ),
  mutant(
    "returns the events of all actors",
    ["saving and reading: actors are kept apart"],
    class extends ReferenceStore {
      protected override key(): string {
        return "events";
      }
    },
  ),
  mutant(
    "rejects events that it has returned itself",
    ["saving and reading: an event that was read can be saved for another actor"],
    class extends ReferenceStore {
      protected override prepare(event: Event): Event {
        if (Object.isFrozen(event.data)) throw new TypeError("cannot add a property, object is not extensible");
        return super.prepare(event);
      }
    },
  ),
  mutant(
    "reads at most one page of 1,000 events",
    [
      "saving and reading: 1,000 and 1,001 events are read completely and in order",
      "streaming reads: a long stream is complete, in both directions",
    ],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        return { events: events.slice(0, 1_000), errors };
      }
    },
  ),
  mutant(
    "truncates large text",
    ["saving and reading: a large event is stored completely, or rejected as too large"],
    class extends ReferenceStore {
      protected override encode(events: readonly Event[]): string {
        return JSON.stringify(events, (_, value) => (typeof value === "string" ? value.slice(0, 65_535) : value));
      }
    },
  ),
  mutant(
    "rejects an event of exactly the reported limit",
    ["saving and reading: an event of exactly the maximum size is stored, and a larger one is rejected"],
    class extends ReferenceStore {
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        const [sizeBytes, limitBytes] = [this.encode(events).length, 1_048_576];
        if (sizeBytes < limitBytes) return super.append(events);
        throw new EventTooLargeError({ actorId: events[0]?.actorId ?? "", sizeBytes, limitBytes });
      }
    },
  ),
];

/** Copies by assignment, which sets the prototype for a key `__proto__`. */
function assignAll(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(assignAll);
  const copy: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) copy[key] = assignAll(part);
  return copy;
}
