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

/** What a message of a usual server holds. */
const limitBytes = 1_048_576;

const oneBad = "batches: a batch with one invalid event is rejected as a whole";
const taken = "batches: a batch whose first version is taken is a conflict, and stores nothing";
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
    "refuses the empty batch",
    ["batches: an empty batch stores nothing and resolves to []"],
    class extends ReferenceStore {
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        if (events.length === 0) throw new InvalidEventError({ path: "", reason: "must not be empty" });
        return super.prepareBatch(events);
      }
    },
  ),
  mutant(
    "resolves the empty batch to undefined",
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
    "checks each event of a batch against the latest version alone",
    ["batches: a batch whose versions do not ascend is rejected"],
    class extends ReferenceStore {
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        return events.map((event) => this.prepare(event));
      }
    },
  ),
  mutant(
    "stores a batch of two actors under the first",
    ["batches: a batch with events of two actors is rejected"],
    class extends ReferenceStore {
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        return events.map((event) => this.prepare(event));
      }
    },
  ),
  mutant(
    "saves a batch one by one until one is refused",
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
    "does not say which event of a batch is bad",
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
    "compares a batch's last version with the latest",
    [taken],
    class extends ReferenceStore {
      protected override checkConflict(events: readonly Event[]): void {
        super.checkConflict(events.slice(-1));
      }
    },
  ),
  mutant(
    "stores of a batch what is not taken",
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
    "takes a batch for the same by its first event",
    [sameEvent],
    class extends ReferenceStore {
      protected override stands(events: readonly Event[]): boolean {
        return super.stands(events.slice(0, 1));
      }
    },
  ),
  mutant(
    "takes a batch for the same if any of its events stands",
    [sameEvent],
    class extends ReferenceStore {
      protected override stands(events: readonly Event[]): boolean {
        return events.some((event) => this.holds(event));
      }
    },
  ),
  mutant(
    "compares the ids of a batch as a set",
    [sameEvent],
    class extends ReferenceStore {
      protected override holds({ actorId, id }: Event): boolean {
        return this.read(actorId).events.some((standing) => standing.id === id);
      }
    },
  ),
  mutant(
    "splits a batch that is too large, and stores its beginning",
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
    "counts one past the end of a batch",
    ["batches: a batch may end at Number.MAX_SAFE_INTEGER"],
    class extends ReferenceStore {
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        if (!Number.isSafeInteger((events.at(-1)?.version ?? 0) + 1)) throw new RangeError("no next version");
        return super.append(events);
      }
    },
  ),
];
