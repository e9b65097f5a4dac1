import {
  type Event,
  EventTooLargeError,
  InvalidEventError,
  isAetherError,
  type NewEvent,
  type SaveReceipt,
} from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

/** The default maximum size of a message on many servers. */
const limitBytes = 1_048_576;

const oneBad = "batches: a batch with one invalid event is rejected as a whole";
const taken = "batches: a batch whose first version is taken gets a conflict and stores nothing";
const sameEvent = "batches: sameEvent is true if the whole batch is already stored";

export const batchMutants: readonly Mutant[] = [
  mutant(
    "stores a batch in descending order",
    ["batches: a batch is stored in its order, and its receipts have the same order"],
    class extends ReferenceStore {
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        return super.append(events.toReversed());
      }
    },
  ),
  mutant(
    "rejects an empty batch",
    ["batches: an empty batch stores nothing and resolves to []"],
    class extends ReferenceStore {
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        if (events.length === 0) throw new InvalidEventError({ path: "", reason: "must not be empty" });
        return super.prepareBatch(events);
      }
    },
  ),
  mutant(
    "resolves an empty batch to undefined",
    ["batches: an empty batch stores nothing and resolves to []"],
    class extends ReferenceStore {
      override async saveEvents(events: readonly NewEvent[]): Promise<readonly SaveReceipt[]> {
        return events.length === 0 ? (undefined as unknown as []) : super.saveEvents(events);
      }
    },
  ),
  mutant(
    "sorts a batch that does not ascend",
    ["batches: a batch whose versions do not ascend is rejected"],
    class extends ReferenceStore {
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        return super.prepareBatch(events.toSorted((left, right) => left.version - right.version));
      }
    },
  ),
  mutant(
    "compares each event of a batch with the latest version only",
    ["batches: a batch whose versions do not ascend is rejected"],
    class extends ReferenceStore {
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        return events.map((event) => this.prepare(event));
      }
    },
  ),
  mutant(
    "stores a batch of two actors under the first actor",
    ["batches: a batch with events of two actors is rejected"],
    class extends ReferenceStore {
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        return events.map((event) => this.prepare(event));
      }
    },
  ),
  mutant(
    "saves a batch event by event until one is rejected",
    [oneBad],
    class extends ReferenceStore {
      override async saveEvents(events: readonly NewEvent[]): Promise<readonly SaveReceipt[]> {
        const receipts: SaveReceipt[] = [];
        for (const event of events) receipts.push(await this.saveEvent(event));
        return receipts;
      }
    },
  ),
  mutant(
    "does not report which event of a batch is invalid",
    [oneBad],
    class extends ReferenceStore {
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        try {
          return super.prepareBatch(events);
        } catch (error) {
          if (!isAetherError(error, "AETHER_INVALID_EVENT")) throw error;
          throw new InvalidEventError({ path: error.path.replace(/^\[\d+\]\.?/, ""), reason: error.reason });
        }
      }
    },
  ),
  mutant(
    "compares the last version of a batch with the latest version",
    [taken],
    class extends ReferenceStore {
      protected override checkConflict(events: readonly Event[]): void {
        super.checkConflict(events.slice(-1));
      }
    },
  ),
  mutant(
    "stores the events of a conflicting batch whose versions are free",
    [taken],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        const latest = this.latestVersion(events[0]?.actorId ?? "");
        const free = events.filter(({ version }) => version > latest);
        if (free.length > 0) this.append(free);
        if (free.length < events.length) throw this.conflict(events, latest);
        return events.map((event) => this.receipt(event, this.position(0, 0)));
      }
    },
  ),
  mutant(
    "sets sameEvent if the first event of a batch is stored",
    [sameEvent],
    class extends ReferenceStore {
      protected override areStored(events: readonly Event[]): boolean {
        return super.areStored(events.slice(0, 1));
      }
    },
  ),
  mutant(
    "sets sameEvent if any event of a batch is stored",
    [sameEvent],
    class extends ReferenceStore {
      protected override areStored(events: readonly Event[]): boolean {
        return events.some((event) => this.isStored(event, this.read(event.actorId).events));
      }
    },
  ),
  mutant(
    "compares the ids of a batch as a set, without their versions",
    [sameEvent],
    class extends ReferenceStore {
      protected override isStored({ actorId, id }: Event): boolean {
        return this.read(actorId).events.some((stored) => stored.id === id);
      }
    },
  ),
  mutant(
    "splits a batch that is too large, and stores the first part",
    ["batches: a large batch is stored completely, or rejected as too large"],
    class extends ReferenceStore {
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        const fitting = events.filter((_, index) => this.encode(events.slice(0, index + 1)).length <= limitBytes);
        const receipts = super.append(fitting);
        if (fitting.length === events.length) return receipts;
        const sizeBytes = this.encode(events).length;
        throw new EventTooLargeError({ actorId: events[0]?.actorId ?? "", sizeBytes, limitBytes });
      }
    },
  ),
  mutant(
    "computes the version after the end of a batch",
    ["batches: a batch may end at Number.MAX_SAFE_INTEGER"],
    class extends ReferenceStore {
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        if (!Number.isSafeInteger((events.at(-1)?.version ?? 0) + 1)) throw new RangeError("there is no next version");
        return super.append(events);
      }
    },
  ),
];
