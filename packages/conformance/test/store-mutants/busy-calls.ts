import type {
  CallOptions,
  Event,
  EventsWithErrors,
  NewEvent,
  NewSnapshot,
  ReadOptions,
  SaveReceipt,
  Snapshot,
} from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { impatient, type Mutant, mutant } from "./mutant.ts";

const reads = "busy storage: every kind of read waits for held storage, succeeds, or reports that it is unavailable";
const batches = "busy storage: a batch waits for held storage, or reports that it is unavailable, as a whole";
const ids = "busy storage: a save without an id keeps the id of its receipt, even if it waits for held storage";
const snapshots = "busy storage: a snapshot waits for held storage, or reports that it is unavailable";
const closing = "busy storage: close resolves when held storage is released, and the saves that wait have ended";

const locked = (): Error => Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });

export const busyCallMutants: readonly Mutant[] = [
  mutant(
    "passes the error of its driver on when a batch finds the storage held",
    [batches],
    class extends ReferenceStore {
      override async saveEvents(events: readonly NewEvent[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        if (this.storage.held !== undefined) throw locked();
        return super.saveEvents(events, options);
      }
    },
  ),
  mutant(
    "saves the first event of a batch when the storage is held, and forgets the others",
    [batches],
    class extends ReferenceStore {
      protected override async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        if (this.storage.held === undefined || events.length === 1) return super.save(events, options);
        const receipts = await super.save(events.slice(0, 1), options);
        return events.map((event) => this.receipt(event, receipts[0]?.position ?? ""));
      }
    },
  ),
  mutant(
    "streams nothing while the storage is held",
    [reads],
    class extends ReferenceStore {
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        if (this.storage.held === undefined) yield* super.stream(actorId, options);
      }
    },
  ),
  mutant(
    "passes the error of its driver on when getEventsWithErrors finds the storage held",
    [reads],
    class extends ReferenceStore {
      override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
        return (await super.getEventsWithErrors(actorId, fromVersion, options)).events;
      }
      override async getEventsWithErrors(actorId: string, from = 0, options?: CallOptions): Promise<EventsWithErrors> {
        if (this.storage.held !== undefined) throw locked();
        return super.getEventsWithErrors(actorId, from, options);
      }
    },
  ),
  mutant(
    "finds no snapshot while the storage is held",
    [reads],
    class extends ReferenceStore {
      protected override snapshot(actorId: string): Snapshot | undefined {
        return this.storage.held === undefined ? super.snapshot(actorId) : undefined;
      }
    },
  ),
  mutant(
    "gives a save another id when it waits for the storage",
    [ids],
    class extends ReferenceStore {
      protected override async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        const isHeld = this.storage.held !== undefined;
        const receipts = await super.save(events, options);
        return isHeld ? receipts.map((receipt) => ({ ...receipt, id: this.newId() })) : receipts;
      }
    },
  ),
  mutant(
    "passes the error of its driver on when a snapshot finds the storage held",
    [snapshots],
    class extends ReferenceStore {
      protected override putSnapshot(snapshot: NewSnapshot): void {
        if (this.storage.held !== undefined) throw locked();
        super.putSnapshot(snapshot);
      }
    },
  ),
  mutant(
    "forgets the saves that wait for the storage when it is closed",
    [closing],
    class extends ReferenceStore {
      protected override async waitForRelease(options?: CallOptions): Promise<void> {
        await super.waitForRelease(options);
        if (this.closed) await new Promise(() => {});
      }
    },
    impatient,
  ),
  mutant(
    "cannot be closed while the storage is held",
    [closing],
    class extends ReferenceStore {
      override async close(): Promise<void> {
        const isHeld = this.storage.held !== undefined;
        await super.close();
        if (isHeld) await new Promise(() => {});
      }
    },
    impatient,
  ),
];
