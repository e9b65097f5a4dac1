import type { Event, SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const noTwo = "actor ids: no two ids are one actor";

/** Finds an actor by something other than its id. */
function keyedBy(
  key: (actorId: string) => string,
): new (
  ...args: ConstructorParameters<typeof ReferenceStore>
) => ReferenceStore {
  return class extends ReferenceStore {
    protected override key(actorId: string): string {
      return key(actorId);
    }
  };
}

export const actorMutants: readonly Mutant[] = [
  mutant(
    "lower-cases actor ids",
    [noTwo, "actor ids: batches keep ids apart as well", "snapshots: actors have their own snapshots"],
    keyedBy((id) => id.toLowerCase()),
  ),
  mutant(
    "replaces dots and spaces in actor ids by underscores",
    [noTwo, "actor ids: each id has its own latest version", "durability: actors are kept apart after reopening"],
    keyedBy((id) => id.replace(/[. ]/g, "_")),
  ),
  mutant(
    "trims actor ids",
    [noTwo],
    keyedBy((id) => id.trim()),
  ),
  mutant(
    "normalises actor ids",
    [noTwo, "actor ids: batches keep ids apart as well"],
    keyedBy((id) => id.normalize("NFC")),
  ),
  mutant(
    "folds look-alike characters of actor ids",
    [noTwo],
    keyedBy((id) => id.normalize("NFKC")),
  ),
  mutant(
    "cuts long actor ids",
    [noTwo],
    keyedBy((id) => id.slice(0, 128)),
  ),
  mutant(
    "drops control characters from actor ids",
    [noTwo],
    keyedBy((id) => id.replace(/\p{C}/gu, "")),
  ),
  mutant(
    "decodes percent signs in actor ids",
    [noTwo],
    keyedBy((id) => id.replace(/%20/g, " ").replace(/%2e/gi, ".")),
  ),
  mutant(
    "ends actor ids at a line break or NUL",
    [noTwo],
    keyedBy((id) => id.split(/[\r\n\0]/)[0] ?? ""),
  ),
  mutant(
    "keeps actors in an object that has a prototype",
    [noTwo, "durability: actors are kept apart after reopening"],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const inherited: unknown = Reflect.get({}, actorId);
        if (inherited !== undefined) throw new TypeError(`${String(inherited)} is not iterable`);
        return super.read(actorId);
      }
    },
  ),
  mutant(
    "takes an actor id for a pattern",
    ["actor ids: an id is no pattern"],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        if (!actorId.includes("*")) return super.read(actorId);
        const pattern = new RegExp(`^${actorId.replaceAll(".", "\\.").replaceAll("*", "[^.]+")}$`);
        const found = this.shelf.keys.filter((key) => pattern.test(key)).map((key) => super.read(key));
        return { events: found.flatMap(({ events }) => events), errors: [] };
      }
    },
  ),
];

const ascend = "positions: positions ascend in the order of storing, across actors";
const unique = "positions: positions are unique among concurrent saves";
const inBatch = "positions: positions ascend within a batch";

export const positionMutants: readonly Mutant[] = [
  mutant(
    "gives every event of a batch one position",
    [inBatch],
    class extends ReferenceStore {
      protected override position(place: number): string {
        return super.position(place, 0);
      }
    },
  ),
  mutant(
    "makes positions of numbers that are not padded",
    [ascend],
    class extends ReferenceStore {
      protected override position(place: number, index: number): string {
        return `${place}.${String(index).padStart(6, "0")}`;
      }
    },
  ),
  mutant(
    "does not pad the place within a batch",
    [inBatch],
    class extends ReferenceStore {
      protected override position(place: number, index: number): string {
        return `${String(place).padStart(12, "0")}.${index}`;
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
    "makes positions that are random",
    [ascend],
    class extends ReferenceStore {
      protected override position(place: number): string {
        return String(1_000_000 - place);
      }
    },
  ),
  mutant(
    "takes the time for a position",
    [unique],
    class extends ReferenceStore {
      protected override position(): string {
        return new Date(0).toISOString();
      }
    },
  ),
];
