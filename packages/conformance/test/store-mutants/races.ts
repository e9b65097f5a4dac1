import type { Event, SaveReceipt } from "@aether/core";
import type { ReferenceStorage } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const oneWins = "races: of 16 writers that save the same version at the same time, exactly one wins";

/** A store with a lock per store object, like a lock inside one process: its saves run one after the other. */
class Queueing extends ReferenceStore {
  #last: Promise<unknown> = Promise.resolve();

  protected async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }
}

/** The number of commits on each storage. */
const commits = new WeakMap<ReferenceStorage, number>();

export const raceMutants: readonly Mutant[] = [
  mutant(
    "has an asynchronous step between the check and the append",
    [oneWins, "races: of concurrent saves of the same event, one stores it, and the others get sameEvent: true"],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        this.checkConflict(events);
        await undefined;
        return this.append(events);
      }
    },
  ),
  mutant(
    "has a lock that works inside one store object only",
    [oneWins, "races: a writer that got a conflict can save at currentVersion + 1"],
    class extends Queueing {
      protected override commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        return this.inTurn(async () => {
          this.checkConflict(events);
          await undefined;
          return this.append(events);
        });
      }
    },
  ),
  mutant(
    "relies on a unique key of actor and version, which accepts a lower version after a higher one",
    ["races: no version is stored after a higher one"],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        this.checkConflict(events);
        await undefined;
        const { actorId = "", version } = events[0] ?? {};
        const { events: stored } = this.read(actorId);
        if (stored.some((one) => one.version === version)) throw this.conflict(events, this.latestVersion(actorId));
        return this.append(events);
      }
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        return { events: events.toSorted((left, right) => left.version - right.version), errors };
      }
    },
  ),
  mutant(
    "reports the version from before the race to the writers that got a conflict",
    [oneWins, "races: concurrent batches succeed or get a conflict as a whole"],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        const before = this.latestVersion(events[0]?.actorId ?? "");
        await undefined;
        if (this.isTaken(events[0] as Event, this.latestVersion(events[0]?.actorId ?? ""))) {
          throw this.conflict(events, before);
        }
        return this.append(events);
      }
    },
  ),
  mutant(
    "rejects the writers that got a conflict with a database error",
    [oneWins, "races: a writer that got a conflict can save at currentVersion + 1"],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        this.checkConflict(events);
        await undefined;
        if (this.isTaken(events[0] as Event, this.latestVersion(events[0]?.actorId ?? ""))) {
          throw Object.assign(new Error("UNIQUE constraint failed: events.actor_id, events.version"), {
            code: "23505",
          });
        }
        return this.append(events);
      }
    },
  ),
  mutant(
    "has one optimistic lock for all actors",
    ["races: writers to different actors get no conflicts"],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        const before = commits.get(this.storage) ?? 0;
        await undefined;
        const now = commits.get(this.storage) ?? 0;
        if (now !== before) throw this.conflict(events, this.latestVersion(events[0]?.actorId ?? ""));
        commits.set(this.storage, now + 1);
        return super.commit(events);
      }
    },
  ),
  mutant(
    "acknowledges concurrent saves although it stores only the last one",
    ["races: concurrent saves to one actor succeed or get conflicts as if they ran one after the other"],
    class extends ReferenceStore {
      #waiting: Event[] = [];
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        this.checkConflict(events);
        this.#waiting.push(...events);
        await undefined;
        const newest = this.#waiting.at(-1);
        this.#waiting = [];
        if (newest !== undefined) this.append([newest]);
        return events.map((event) => this.receipt(event, this.position(0, 0)));
      }
    },
  ),
  mutant(
    "acknowledges an event before it can be read",
    ["races: a read during a save may miss the event, and a read after the save never does"],
    class extends ReferenceStore {
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        setImmediate(() => super.append(events));
        return events.map((event) => this.receipt(event, this.position(0, 0)));
      }
    },
  ),
  mutant(
    "has an asynchronous step between the events of a batch",
    [
      "races: concurrent batches succeed or get a conflict as a whole",
      "batches: a concurrent read sees all of a batch or nothing",
    ],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        const receipts: SaveReceipt[] = [];
        for (const event of events) {
          receipts.push(...(await super.commit([event])));
          await undefined;
        }
        return receipts;
      }
    },
  ),
];
