import type { Event, SaveReceipt, VersionConflictError } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const notGreater = "conflicts: a version up to the latest is rejected with a conflict";
const sameEvent = "conflicts: sameEvent is true if this event is already stored at this version";

export const conflictMutants: readonly Mutant[] = [
  mutant(
    "keeps its lock after a conflict, so that the next save waits forever",
    ["conflicts: after a conflict, the next version is accepted"],
    class extends ReferenceStore {
      #locked = false;
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        if (this.#locked) await new Promise(() => {});
        this.#locked = true;
        const receipts = await super.commit(events);
        this.#locked = false;
        return receipts;
      }
    },
    { caseTimeoutMs: 50 },
  ),
  mutant(
    "does not check for conflicts",
    [notGreater],
    class extends ReferenceStore {
      protected override checkConflict(): void {}
    },
  ),
  mutant(
    "accepts the latest version again (< in place of <=)",
    [notGreater],
    class extends ReferenceStore {
      protected override isTaken(event: Event, latest: number): boolean {
        return event.version < latest;
      }
    },
  ),
  mutant(
    "accepts a free version in a gap",
    [notGreater],
    class extends ReferenceStore {
      protected override isTaken({ actorId, version }: Event): boolean {
        return this.read(actorId).events.some((stored) => stored.version === version);
      }
    },
  ),
  mutant(
    "reports the attempted version as the current version",
    [notGreater, "shared stores: a version that another store has saved is rejected with a conflict"],
    class extends ReferenceStore {
      protected override conflict(events: readonly Event[]): Error {
        return super.conflict(events, events[0]?.version ?? 0);
      }
    },
  ),
  mutant(
    "rejects a conflict with its own error class",
    [notGreater],
    class extends ReferenceStore {
      protected override conflict(events: readonly Event[], currentVersion: number): Error {
        const { actorId, attemptedVersion } = super.conflict(events, currentVersion) as VersionConflictError;
        return Object.assign(new Error("conflict"), {
          name: "VersionConflictError",
          actorId,
          attemptedVersion,
          currentVersion,
        });
      }
    },
  ),
  mutant(
    "stores the event before it checks for a conflict",
    [notGreater],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        const latest = this.latestVersion(events[0]?.actorId ?? "");
        const receipts = this.append(events);
        if ((events[0]?.version ?? 0) <= latest) throw this.conflict(events, latest);
        return receipts;
      }
    },
  ),
  mutant(
    "never sets sameEvent",
    [sameEvent, "races: of concurrent saves of the same event, one stores it, and the others get sameEvent: true"],
    class extends ReferenceStore {
      protected override areStored(): boolean {
        return false;
      }
    },
  ),
  mutant(
    "always sets sameEvent",
    [sameEvent],
    class extends ReferenceStore {
      protected override areStored(): boolean {
        return true;
      }
    },
  ),
  mutant(
    "looks for the id of sameEvent in the whole history",
    [sameEvent],
    class extends ReferenceStore {
      protected override isStored({ actorId, id }: Event): boolean {
        return this.read(actorId).events.some((stored) => stored.id === id);
      }
    },
  ),
  mutant(
    "compares the id with that of the latest event only",
    [sameEvent],
    class extends ReferenceStore {
      protected override isStored({ actorId, id }: Event): boolean {
        return this.read(actorId).events.at(-1)?.id === id;
      }
    },
  ),
  mutant(
    "compares whole events for sameEvent",
    ["conflicts: sameEvent compares events by id only"],
    class extends ReferenceStore {
      protected override isStored(event: Event): boolean {
        return this.read(event.actorId).events.some((stored) => JSON.stringify(stored) === JSON.stringify(event));
      }
    },
  ),
  mutant(
    "overwrites the stored event that has the same id",
    ["conflicts: sameEvent compares events by id only"],
    class extends ReferenceStore {
      protected override checkConflict(events: readonly Event[]): void {
        if (!this.areStored(events)) super.checkConflict(events);
      }
    },
  ),
  mutant(
    "keeps an actor locked after a conflict",
    ["conflicts: after a conflict, the next version is accepted"],
    class extends ReferenceStore {
      readonly #locked = new Set<string>();
      protected override checkConflict(events: readonly Event[]): void {
        const actorId = events[0]?.actorId ?? "";
        if (this.#locked.has(actorId)) throw new Error(`actor ${actorId} is locked`);
        this.#locked.add(actorId);
        super.checkConflict(events);
        this.#locked.delete(actorId);
      }
    },
  ),
];
