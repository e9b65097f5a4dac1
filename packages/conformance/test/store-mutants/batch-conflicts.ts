import type { CallOptions, Event, SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";
import { SlowStore, turn } from "./slow-store.ts";

const gaps = "batches: sameEvent of a batch compares each event with the one at its version, even with gaps";
const either = "batches: a batch and a single save of the same version do not both succeed";
const inSequence = "batches: batches and single saves at the same time are stored as if they ran one after the other";
const beside = "batches: every kind of read beside a large batch returns all of it or nothing";
const besideElsewhere =
  "batches: every kind of read by another open store, beside a large batch, returns all of it or nothing";
const readBefore = "batches: reads return a batch although the actor was read before";

/** Writes a batch in pieces of this size. */
class InPieces extends SlowStore {
  protected readonly size: number = 500;

  protected override commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
    return this.inTurn(async () => {
      this.checkConflict(events);
      const receipts: SaveReceipt[] = [];
      for (let start = 0; start < events.length; start += this.size) {
        receipts.push(...this.append(events.slice(start, start + this.size)));
        await this.between();
      }
      return receipts;
    });
  }

  protected between(): Promise<void> {
    return turn();
  }
}

export const batchConflictMutants: readonly Mutant[] = [
  mutant(
    "saves a batch of more than 25 events in several transactions",
    ["batches: a large batch and single saves inside its versions do not mix"],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        const receipts: SaveReceipt[] = [];
        for (let start = 0; start < events.length; start += 25) {
          if (start > 0) await turn();
          receipts.push(...(await super.commit(events.slice(start, start + 25))));
        }
        return receipts;
      }
    },
  ),
  mutant(
    "takes the end of a repeated batch for the latest version",
    [gaps],
    class extends ReferenceStore {
      readonly #latest = new Map<string, number>();
      protected override conflict(events: readonly Event[], currentVersion: number): Error {
        const last = events.at(-1);
        if (last !== undefined && this.areStored(events)) this.#latest.set(last.actorId, last.version);
        return super.conflict(events, currentVersion);
      }
      override async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
        const version = await super.getLatestVersion(actorId, options);
        return this.#latest.get(actorId) ?? version;
      }
    },
  ),
  mutant(
    "compares batches id by id from their first version",
    [
      gaps,
      "batches: a reopened store compares each event of a batch with the one at its version",
      "batches: another open store compares each event of a batch with the one at its version",
    ],
    class extends ReferenceStore {
      protected override areStored(events: readonly Event[]): boolean {
        const stored = this.from(this.read(events[0]?.actorId ?? "").events, events[0]?.version ?? 0);
        return events.every(({ id }, index) => stored[index]?.id === id);
      }
    },
  ),
  mutant(
    "looks up the events of a batch at version - 1",
    [gaps],
    class extends ReferenceStore {
      protected override areStored(events: readonly Event[]): boolean {
        if (events.length === 1) return super.areStored(events);
        return events.every(({ actorId, id, version }) => this.read(actorId).events[version - 1]?.id === id);
      }
    },
  ),
  mutant(
    "counts how many events of a batch are stored within its range",
    [gaps],
    class extends ReferenceStore {
      protected override areStored(events: readonly Event[]): boolean {
        const [first, last] = [events[0]?.version ?? 0, events.at(-1)?.version ?? 0];
        const stored = this.read(events[0]?.actorId ?? "").events.filter(
          ({ version }) => version >= first && version <= last,
        );
        return stored.length === events.length && stored.every(({ id }, index) => events[index]?.id === id);
      }
    },
  ),
  mutant(
    "finds sameEvent of a batch by ids, without the versions, if the first one is stored",
    [gaps],
    class extends ReferenceStore {
      protected override areStored(events: readonly Event[]): boolean {
        const ids = new Set(this.read(events[0]?.actorId ?? "").events.map(({ id }) => id));
        return events.every(({ id }) => ids.has(id));
      }
    },
  ),
  mutant(
    "has one lock for single saves and another for batches",
    [either, inSequence],
    class extends SlowStore {
      protected override commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        const work = async (): Promise<readonly SaveReceipt[]> => {
          this.checkConflict(events);
          await turn();
          return this.append(events);
        };
        return events.length > 1 ? this.inTurn(work, this.storage.snapshots) : this.inTurn(work);
      }
    },
  ),
  mutant(
    "checks a batch before it waits for its turn",
    [either],
    class extends SlowStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        if (events.length === 1) return super.commit(events);
        this.checkConflict(events);
        return this.inTurn(async () => this.append(events));
      }
    },
  ),
  mutant("writes a batch of 1,001 in readable pieces", [beside, besideElsewhere], InPieces),
  mutant(
    "writes a batch in readable pieces within one turn of the event loop",
    [beside],
    class extends InPieces {
      protected override async between(): Promise<void> {}
    },
  ),
  mutant(
    "shows a batch to getLatestVersion before it is written",
    [beside],
    class extends SlowStore {
      #first = new Map<string, number>();
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        const [first] = events;
        if (first !== undefined && events.length > 1) this.#first.set(first.actorId, first.version);
        const receipts = await super.commit(events);
        this.#first.clear();
        return receipts;
      }
      override async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
        return this.#first.get(actorId) ?? super.getLatestVersion(actorId, options);
      }
    },
  ),
  mutant(
    "streams backward while a batch is being written",
    [beside],
    class extends InPieces {
      #hidden = new Set<string>();
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        if (events.length > 1) for (const { id } of events) this.#hidden.add(id);
        const receipts = await super.commit(events);
        this.#hidden.clear();
        return receipts;
      }
      override async getEvents(...call: Parameters<ReferenceStore["getEvents"]>): Promise<readonly Event[]> {
        return (await super.getEvents(...call)).filter(({ id }) => !this.#hidden.has(id));
      }
      override async getEventsWithErrors(...call: Parameters<ReferenceStore["getEventsWithErrors"]>) {
        const { events, errors } = await super.getEventsWithErrors(...call);
        return { events: events.filter(({ id }) => !this.#hidden.has(id)), errors };
      }
      override async getLatestVersion(actorId: string): Promise<number> {
        return (await this.getEvents(actorId)).at(-1)?.version ?? 0;
      }
    },
  ),
  mutant(
    "has a cache that a single save drops and a batch does not",
    [readBefore],
    class extends ReferenceStore {
      readonly #kept = new Map<string, readonly Event[]>();
      override async getEvents(...call: Parameters<ReferenceStore["getEvents"]>): Promise<readonly Event[]> {
        const [actorId, fromVersion = 0] = call;
        const found = await super.getEvents(...call);
        const kept = this.#kept.get(actorId);
        if (kept !== undefined) return this.from(kept, fromVersion);
        if (fromVersion === 0) this.#kept.set(actorId, found);
        return found;
      }
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        if (events.length === 1) this.#kept.delete(events[0]?.actorId ?? "");
        return super.append(events);
      }
    },
  ),
  mutant(
    "adds only the first event of a batch to its cache",
    [readBefore, "random calls: random calls to one store return what a simple model returns"],
    class extends ReferenceStore {
      readonly #kept = new Map<string, Event[]>();
      protected override read(actorId: string) {
        const found = { events: this.#kept.get(actorId) ?? super.read(actorId).events, errors: [] };
        this.#kept.set(actorId, found.events);
        return found;
      }
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        this.#kept.get(events[0]?.actorId ?? "")?.push(...events.slice(0, 1));
        return super.append(events);
      }
    },
  ),
  mutant(
    "numbers the events of a batch in positions with three digits",
    ["batches: a large batch can be repeated, and its positions ascend"],
    class extends ReferenceStore {
      protected override position(sequence: number, index: number): string {
        return `${String(sequence).padStart(12, "0")}.${String(index).padStart(3, "0")}`;
      }
    },
  ),
  mutant(
    "compares the first 1,000 events of a batch only",
    ["batches: a large batch can be repeated, and its positions ascend"],
    class extends ReferenceStore {
      protected override areStored(events: readonly Event[]): boolean {
        return super.areStored(events.slice(0, 1_000));
      }
    },
  ),
];
