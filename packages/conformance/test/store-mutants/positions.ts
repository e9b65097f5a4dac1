import type { Event, SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const ascend = "positions: positions ascend across actors, in the order in which events were stored";
const unique = "positions: concurrent saves get unique positions";
const inBatch = "positions: positions ascend within a batch";

export const positionMutants: readonly Mutant[] = [
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
