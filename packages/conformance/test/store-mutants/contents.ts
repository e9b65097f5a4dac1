import type { CallOptions, Event, EventsWithErrors, NewEvent, ReadOptions, SaveReceipt } from "@aether/core";
import { type ReferenceStorage, referenceDamage } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const singly = "contents: events that are saved one by one are read back unchanged, by every read";
const inBatches = "contents: events that are saved in batches are read back unchanged, by every read";
const atOnce = "contents: events that are saved at the same time are read back unchanged, by every read";
const reopened = "contents: a reopened store reads events unchanged, by every read";
const elsewhere = "contents: another open store reads events unchanged, by every read";

/** Returns a store class that changes the events that it stores. */
function storing(
  change: (event: Event) => unknown,
  only: (events: readonly Event[]) => boolean = () => true,
): StoreClass {
  return class extends ReferenceStore {
    protected override encode(events: readonly Event[]): string {
      return only(events) ? JSON.stringify(events.map(change)) : super.encode(events);
    }
  };
}

/** Changes every text in a value, or every number. */
function deeply(value: unknown, change: (part: unknown) => unknown): unknown {
  if (typeof value !== "object" || value === null) return change(value);
  if (Array.isArray(value)) return value.map((part) => deeply(part, change));
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, deeply(part, change)]));
}

const texts = (change: (text: string) => string) => (event: Event) =>
  deeply(event, (part) => (typeof part === "string" ? change(part) : part));
const numbersInData = (change: (number: number) => unknown) => (event: Event) => ({
  ...event,
  data: deeply(event.data, (part) => (typeof part === "number" ? change(part) : part)),
});
const metadata = (change: (text: string) => string) => (event: Event) =>
  event.metadata === undefined
    ? event
    : {
        ...event,
        metadata: Object.fromEntries(Object.entries(event.metadata).map(([key, text]) => [key, change(text)])),
      };

const latin1 = (text: string): string => text.replace(/[\u0100-\uffff]/g, "?");

/** A store whose reads of one kind change the events. */
function readingWithErrors(change: (event: Event) => Event): StoreClass {
  return class extends ReferenceStore {
    override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
      return (await super.getEventsWithErrors(actorId, fromVersion, options)).events;
    }
    override async getEventsWithErrors(actorId: string, from = 0, options?: CallOptions): Promise<EventsWithErrors> {
      const { events, errors } = await super.getEventsWithErrors(actorId, from, options);
      return { events: events.map((event) => Object.freeze(change(event))), errors };
    }
  };
}

/** A store that keeps a second, changed copy of the events for later stores. */
const saved = new WeakMap<ReferenceStorage, Set<string>>();

export const contentMutants: readonly Mutant[] = [
  mutant(
    "cuts event ids at 36 characters",
    [singly, inBatches],
    storing((event) => ({ ...event, id: event.id.slice(0, 36) })),
  ),
  mutant(
    "cuts event types at 64 characters",
    [singly, inBatches],
    storing((event) => ({ ...event, eventType: event.eventType.slice(0, 64) })),
  ),
  mutant(
    "cuts event types at 255 characters",
    ["contents: a long event id or event type is stored unchanged, or rejected"],
    storing((event) => ({ ...event, eventType: event.eventType.slice(0, 255) })),
  ),
  mutant(
    "cuts event ids at 255 characters",
    ["contents: a long event id or event type is stored unchanged, or rejected"],
    storing((event) => ({ ...event, id: event.id.slice(0, 255) })),
  ),
  mutant("trims metadata", [singly, atOnce], storing(metadata((text) => text.trim()))),
  mutant("folds metadata", [singly], storing(metadata((text) => text.toLowerCase()))),
  mutant("stores metadata as Latin-1", [singly], storing(metadata(latin1))),
  mutant("cuts metadata at 4,096 characters", [singly], storing(metadata((text) => text.slice(0, 4_096)))),
  mutant(
    "folds the keys of metadata",
    [singly],
    storing((event) =>
      event.metadata === undefined
        ? event
        : {
            ...event,
            metadata: Object.fromEntries(
              Object.entries(event.metadata).map(([key, text]) => [key.toLowerCase(), text]),
            ),
          },
    ),
  ),
  mutant(
    "leaves out empty metadata",
    [singly],
    storing(({ metadata: given, ...event }) =>
      given === undefined || Object.keys(given).length === 0 ? event : { ...event, metadata: given },
    ),
  ),
  mutant(
    "saturates whole numbers from 2^63 on",
    [singly, inBatches],
    storing(numbersInData((number) => (Number.isInteger(number) ? Math.min(number, 2 ** 63 - 1_024) : number))),
  ),
  mutant("wraps whole numbers around at 32 bits", [singly], storing(numbersInData((n) => (n === 2 ** 32 + 1 ? 1 : n)))),
  mutant("keeps 15 digits of numbers", [singly], storing(numbersInData((number) => Number(number.toPrecision(15))))),
  mutant("normalises text", [singly], storing(texts((text) => text.normalize("NFC")))),
  mutant("ends text at a NUL character", [singly], storing(texts((text) => text.split("\u0000")[0] || text))),
  mutant(
    "stores text as UTF-8, which has no lone surrogates",
    ["contents: text in data and metadata may have lone surrogates"],
    storing(texts((text) => text.toWellFormed())),
  ),
  mutant(
    "changes line breaks in batches",
    [inBatches, atOnce],
    storing(
      texts((text) => text.replaceAll("\r\n", "\n")),
      (events) => events.length > 1,
    ),
  ),
  mutant(
    "cuts texts at 65,535 characters",
    ["contents: a large event is stored unchanged, or rejected as too large, by every read"],
    storing(texts((text) => text.slice(0, 65_535))),
  ),
  mutant(
    "rejects an event above 64 KiB with an error of its own",
    ["contents: a large event is stored unchanged, or rejected as too large, by every read"],
    class extends ReferenceStore {
      protected override encode(events: readonly Event[]): string {
        const json = super.encode(events);
        if (json.length > 65_536) throw new RangeError("value too long");
        return json;
      }
    },
  ),
  mutant(
    "loses metadata in getEventsWithErrors",
    [singly, reopened],
    readingWithErrors(({ metadata: _, ...event }) => event),
  ),
  mutant(
    "does not freeze events that it reads from a version on",
    [singly],
    class extends ReferenceStore {
      override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
        const events = await super.getEvents(actorId, fromVersion, options);
        return fromVersion > 0 ? structuredClone(events) : events;
      }
    },
  ),
  mutant(
    "does not freeze the data of events that it streams backward",
    [singly, elsewhere],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        for await (const event of super.stream(actorId, options)) {
          yield options?.direction === "backward"
            ? Object.freeze({ ...event, data: structuredClone(event.data) })
            : event;
        }
      }
    },
  ),
  mutant(
    "streams backward in pages whose order is forward",
    [singly, "versions and gaps: versions of every size are sorted and selected as numbers"],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        const page: Event[] = [];
        for await (const event of super.stream(actorId, options)) {
          page.push(event);
          if (page.length === 10) yield* page.splice(0).toReversed();
        }
        yield* page;
      }
    },
  ),
  mutant(
    "cuts texts that another store has saved",
    [elsewhere, reopened],
    class extends ReferenceStore {
      readonly #own = new Set<string>();
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        for (const { id } of events) this.#own.add(id);
        return super.append(events);
      }
      protected override decodeOne(one: unknown): Event {
        const event = super.decodeOne(one);
        if (this.#own.has(event.id) || event.metadata === undefined) return event;
        return super.decodeOne(metadata((text) => text.slice(0, 1_000))(event));
      }
    },
  ),
  mutant(
    "mixes up the metadata of events that are saved at the same time",
    [atOnce],
    class extends ReferenceStore {
      #last: Event["metadata"];
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        this.#last = event.metadata;
        await undefined;
        const { metadata: _, ...rest } = event;
        return super.saveEvent(this.#last === undefined ? rest : { ...rest, metadata: this.#last }, options);
      }
    },
  ),
  mutant(
    "stores the state of a snapshot as 32-bit numbers",
    ["contents: the state of a snapshot is read back unchanged"],
    class extends ReferenceStore {
      override async saveSnapshot(...[snapshot, options]: Parameters<ReferenceStore["saveSnapshot"]>): Promise<void> {
        const state = deeply(snapshot.state, (part) => (typeof part === "number" ? part | 0 : part)) as object;
        await super.saveSnapshot({ ...snapshot, state }, options);
      }
    },
  ),
  mutant(
    "stores an event again when it is opened, with its text in Latin-1",
    [reopened],
    class extends ReferenceStore {
      protected override decode(json: string): readonly Event[] {
        const known = saved.get(this.storage) ?? new Set<string>();
        saved.set(this.storage, known);
        return known.has(json) ? super.decode(latin1(json)) : super.decode(json);
      }
      override async close(): Promise<void> {
        for (const key of this.storage.keys) {
          for (const { json } of this.storage.recordsOf(key)) saved.get(this.storage)?.add(json);
        }
        await super.close();
      }
    },
    { damage: referenceDamage },
  ),
];
