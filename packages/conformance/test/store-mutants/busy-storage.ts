import {
  type CallOptions,
  type Event,
  type NewEvent,
  type SaveReceipt,
  StoreUnavailableError,
  VersionConflictError,
} from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const waits =
  "busy storage: calls wait for held storage or report that it is unavailable, and the store works afterwards";
const oneWins = "busy storage: of several saves of a version that wait for held storage, at most one succeeds";
const fresh = "busy storage: a read beside held storage returns what another store has saved";
const aborted = "busy storage: a save that is aborted while it waits for held storage reports its true outcome";

const unavailable = () => new StoreUnavailableError({ operation: "save", reason: "the storage is held" });

/** A store that fails at once while the storage is held. */
class Impatient extends ReferenceStore {
  protected override async waitForRelease(): Promise<void> {
    throw this.busy();
  }
  protected busy(): Error {
    return unavailable();
  }
}

/** A store that reads from a cache while the storage is held. */
class CachedWhileHeld extends ReferenceStore {
  readonly #cache = new Map<string, readonly Event[]>();
  override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
    const cached = this.#cache.get(actorId);
    if (this.storage.held !== undefined && cached !== undefined) return this.from(cached, fromVersion);
    this.#cache.set(actorId, this.read(actorId).events);
    return super.getEvents(actorId, fromVersion, options);
  }
}

export const busyMutants: readonly Mutant[] = [
  mutant(
    "passes the error of its driver on while the storage is held",
    [waits, oneWins],
    class extends Impatient {
      protected override busy(): Error {
        return Object.assign(new Error("database is locked"), { code: "SQLITE_BUSY" });
      }
    },
  ),
  mutant(
    "reports held storage as a conflict",
    [waits, oneWins],
    class extends Impatient {
      protected override busy(): Error {
        return new VersionConflictError({ actorId: "a", attemptedVersion: 2, currentVersion: 2 });
      }
    },
  ),
  mutant(
    "reports that a save failed, and stores the event later",
    [waits, oneWins],
    class extends ReferenceStore {
      protected override async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        if (this.storage.held === undefined) return super.save(events, options);
        super.save(events).catch(() => {});
        throw unavailable();
      }
    },
  ),
  mutant(
    "acknowledges a save that it gives up later",
    [waits, oneWins],
    class extends ReferenceStore {
      protected override async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        if (this.storage.held === undefined) return super.save(events, options);
        return events.map((event) => this.receipt(event, this.position(1_000_000, 0)));
      }
    },
  ),
  mutant(
    "stays unavailable after the storage was held",
    [waits],
    class extends Impatient {
      #isBroken = false;
      protected override async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        if (this.#isBroken) throw unavailable();
        this.#isBroken = this.storage.held !== undefined;
        return super.save(events, options);
      }
    },
  ),
  mutant(
    "reads nothing while the storage is held",
    [waits, fresh],
    class extends ReferenceStore {
      override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
        return this.storage.held === undefined ? super.getEvents(actorId, fromVersion, options) : [];
      }
    },
  ),
  mutant(
    "reads the latest version from a cache while the storage is held",
    [fresh],
    class extends ReferenceStore {
      #cached = 0;
      override async getLatestVersion(actorId: string, options?: CallOptions): Promise<number> {
        if (this.storage.held === undefined) this.#cached = await super.getLatestVersion(actorId, options);
        return this.#cached;
      }
    },
  ),
  mutant("reads events from a cache while the storage is held", [fresh], CachedWhileHeld),
  mutant(
    "checks for a conflict before it waits for the storage, and not afterwards",
    [oneWins],
    class extends ReferenceStore {
      protected override async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        if (this.storage.held === undefined) return super.save(events, options);
        this.checkConflict(events);
        await this.waitForRelease(options);
        return this.append(events);
      }
    },
  ),
  mutant(
    "leaves an aborted save in its queue",
    [aborted],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        const save = super.saveEvent(event);
        return new Promise((resolve, reject) => {
          options?.signal?.addEventListener("abort", () => reject(options.signal?.reason));
          save.then(resolve, reject);
        });
      }
    },
  ),
  mutant(
    "never ends a save that was aborted while it waited",
    [aborted],
    class extends ReferenceStore {
      protected override async waitForRelease(options?: CallOptions): Promise<void> {
        await super.waitForRelease();
        if (options?.signal?.aborted === true) await new Promise(() => {});
      }
    },
    { caseTimeoutMs: 300 },
  ),
];
