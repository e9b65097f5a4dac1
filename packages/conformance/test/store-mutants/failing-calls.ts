import { type CallOptions, type Event, EventTooLargeError, type SaveReceipt } from "@aether/core";
import { nextTurn } from "../../src/checks/next-turn.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { impatient, type Mutant, mutant } from "./mutant.ts";

const independent = "races: a save that fails does not affect saves of other actors at the same time";
const stillWorks = "races: a store still works after many calls that have failed";

/** A store that commits the saves of one turn together. */
abstract class GroupCommit extends ReferenceStore {
  #group: { readonly saves: Save[]; readonly checked: Promise<void> } | undefined;
  /** Throws if the group cannot be committed. */
  protected abstract checkGroup(saves: readonly Save[]): void;
  protected override async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
    this.#group ??= { saves: [], checked: nextTurn().then(() => this.#check()) };
    this.#group.saves.push({ events, options });
    await this.#group.checked;
    return super.save(events, options);
  }
  #check(): void {
    const saves = this.#group?.saves ?? [];
    this.#group = undefined;
    this.checkGroup(saves);
  }
}

interface Save {
  readonly events: readonly Event[];
  readonly options: CallOptions | undefined;
}

/** A store that loses a connection of its pool in some calls. */
abstract class Leaking extends ReferenceStore {
  protected lost = 0;
  protected async takeConnection(): Promise<void> {
    if (this.lost >= 20) await new Promise(() => {});
  }
}

export const failingCallMutants: readonly Mutant[] = [
  mutant(
    "commits saves in groups, of which one conflict rejects all",
    [independent],
    class extends GroupCommit {
      protected override checkGroup(saves: readonly Save[]): void {
        for (const { events } of saves) this.checkConflict(events);
      }
    },
  ),
  mutant(
    "commits saves in groups, of which one abort rejects all",
    [independent],
    class extends GroupCommit {
      protected override checkGroup(saves: readonly Save[]): void {
        for (const { options } of saves) options?.signal?.throwIfAborted();
      }
    },
  ),
  mutant(
    "commits saves in groups that may be too large together",
    [independent],
    class extends GroupCommit {
      protected override checkGroup(saves: readonly Save[]): void {
        const sizeBytes = saves.reduce((sum, { events }) => sum + JSON.stringify(events).length, 0);
        if (sizeBytes > 1_000_000) throw new EventTooLargeError({ actorId: "a", sizeBytes, limitBytes: 1_000_000 });
      }
    },
  ),
  mutant(
    "loses a connection when a read fails",
    [stillWorks],
    class extends Leaking {
      override async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
        await this.takeConnection();
        try {
          return await super.getLatestVersion(actorId, options);
        } catch (error) {
          this.lost++;
          throw error;
        }
      }
    },
    impatient,
  ),
  mutant(
    "loses a connection when a save gets a conflict",
    [stillWorks],
    class extends Leaking {
      protected override async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        await this.takeConnection();
        return super.save(events, options);
      }
      protected override conflict(events: readonly Event[], currentVersion: number): Error {
        this.lost++;
        return super.conflict(events, currentVersion);
      }
    },
    impatient,
  ),
];
