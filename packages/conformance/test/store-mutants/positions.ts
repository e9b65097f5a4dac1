import type { CallOptions, Event, Position, SaveReceipt } from "@aether/core";
import { nextTurn } from "../../src/checks/next-turn.ts";
import type { ReferenceStorage } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const ascend = "positions: positions ascend across actors, in the order in which events were stored";
const unique = "positions: concurrent saves get unique positions";
const inBatch = "positions: positions ascend within a batch";

const inVersions = "positions: the positions of concurrent saves to one actor ascend with their versions";
const many = "positions: positions ascend over more than a thousand saves";

/** The number of positions that all stores on a storage have given. */
const given = new WeakMap<ReferenceStorage, number>();

/** A store that computes the position of a save before it waits for its turn. */
abstract class EarlyPositions extends ReferenceStore {
  protected abstract take(): number;
  protected override async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    const sequence = this.take();
    if (sequence % 3 === 0) await nextTurn();
    const receipts = await super.save(events, options);
    given.set(this.storage, Math.max(sequence, given.get(this.storage) ?? 0));
    return receipts.map((receipt, index) => ({ ...receipt, position: this.position(sequence, index) as Position }));
  }
}

export const positionMutants: readonly Mutant[] = [
  mutant(
    "reads the highest position before it saves",
    [unique],
    class extends EarlyPositions {
      protected override take(): number {
        return (given.get(this.storage) ?? 0) + 1;
      }
    },
  ),
  mutant(
    "takes the position of a save before the save has its turn",
    [inVersions],
    class extends EarlyPositions {
      protected override take(): number {
        const next = (given.get(this.storage) ?? 0) + 1;
        given.set(this.storage, next);
        return next;
      }
    },
  ),
  mutant(
    "pads positions to three digits",
    [many],
    class extends ReferenceStore {
      protected override position(sequence: number, index: number): string {
        return `${String(sequence).padStart(3, "0")}.${String(index).padStart(6, "0")}`;
      }
    },
  ),
  mutant(
    "gives all events of a batch the same position",
    [inBatch],
    class extends ReferenceStore {
      protected override position(sequence: number): string {
        return super.position(sequence, 0);
      }
    },
  ),
  mutant(
    "makes positions from numbers without padding",
    [ascend],
    class extends ReferenceStore {
      protected override position(sequence: number, index: number): string {
        return `${sequence}.${String(index).padStart(6, "0")}`;
      }
    },
  ),
  mutant(
    "does not pad the index within a batch",
    [inBatch],
    class extends ReferenceStore {
      protected override position(sequence: number, index: number): string {
        return `${String(sequence).padStart(12, "0")}.${index}`;
      }
    },
  ),
  mutant(
    "makes positions that are not well-formed text",
    [ascend],
    class extends ReferenceStore {
      protected override position(sequence: number): string {
        return String.fromCharCode(0xd800 + sequence);
      }
    },
  ),
  mutant(
    "uses numbers as positions",
    ["saving and reading: the receipt has the id, version and timestamp of the event, and a position", ascend],
    class extends ReferenceStore {
      protected override position(sequence: number): string {
        return sequence as unknown as string;
      }
    },
  ),
  mutant(
    "counts positions per actor",
    [ascend, unique],
    class extends ReferenceStore {
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        const receipts = super.append(events);
        return receipts.map((receipt) => this.receipt(events[0] as Event, this.position(receipt.version, 0)));
      }
    },
  ),
  mutant(
    "makes descending positions",
    [ascend],
    class extends ReferenceStore {
      protected override position(sequence: number): string {
        return String(1_000_000 - sequence);
      }
    },
  ),
  mutant(
    "uses the time as the position",
    [unique],
    class extends ReferenceStore {
      protected override position(): string {
        return new Date(0).toISOString();
      }
    },
  ),
];
