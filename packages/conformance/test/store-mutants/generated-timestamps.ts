import type { NewSnapshot, Snapshot } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const generated = "saving and reading: a generated timestamp is the time of the save, in any time zone";
const generatedInBatch =
  "saving and reading: a generated timestamp of a batch is the time of the save, in any time zone";
const taken = "snapshots: the timestamp of a snapshot is the time when it was saved";

/** The local time, with the mark of UTC. */
function localTime(): string {
  const now = new Date();
  return new Date(now.getTime() - now.getTimezoneOffset() * 60_000).toISOString();
}

export const timestampMutants: readonly Mutant[] = [
  mutant(
    "generates timestamps in local time, with a Z",
    [generated, generatedInBatch, taken],
    class extends ReferenceStore {
      override now(): string {
        return localTime();
      }
    },
  ),
  mutant(
    "generates the time of its opening",
    [generated, generatedInBatch, taken],
    class extends ReferenceStore {
      readonly #opened = new Date().toISOString();
      override now(): string {
        return this.#opened;
      }
    },
  ),
  mutant(
    "gives a snapshot the time of the read",
    [taken],
    class extends ReferenceStore {
      protected override decodeSnapshot(json: string): Snapshot {
        return Object.freeze({ ...super.decodeSnapshot(json), timestamp: this.now() });
      }
    },
  ),
  mutant(
    "gives a snapshot the time of the event",
    [taken],
    class extends ReferenceStore {
      #last = "";
      protected override putSnapshot(snapshot: NewSnapshot): void {
        this.#last =
          this.read(snapshot.actorId).events.find(({ version }) => version === snapshot.version)?.timestamp ?? "";
        super.putSnapshot(snapshot);
      }
      override now(): string {
        return this.#last || super.now();
      }
    },
  ),
  mutant(
    "keeps the versions of snapshots as text of ten digits",
    ["snapshots: versions of snapshots are compared as numbers, whatever their size"],
    class extends ReferenceStore {
      protected override isOlder(version: number, kept: number): boolean {
        return String(version).padStart(10, "0") < String(kept).padStart(10, "0");
      }
    },
  ),
];
