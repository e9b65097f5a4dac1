import type { Event, SaveReceipt } from "@aether/core";
import type { ReferenceStorage } from "../reference-store/reference-storage.ts";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const firstCall = "durability: any call may be the first one after reopening";
const oftenReopened = "durability: a store can be reopened many times";
const randomly = "random calls: random calls to a store that is often reopened return what a simple model returns";

/** The number of openings of each storage. */
const openings = new WeakMap<ReferenceStorage, number>();

class Counting extends ReferenceStore {
  protected readonly opening: number;

  constructor(storage: ReferenceStorage) {
    super(storage);
    this.opening = (openings.get(storage) ?? 0) + 1;
    openings.set(storage, this.opening);
  }
}

/** A store that loads an actor with the first read, and before that knows nothing. */
class Lazy extends Counting {
  readonly #loaded = new Set<string>();

  protected load(actorId: string): void {
    this.#loaded.add(actorId);
  }

  protected isLoaded(actorId: string): boolean {
    return this.opening === 1 || this.#loaded.has(actorId);
  }

  override async getEvents(...call: Parameters<ReferenceStore["getEvents"]>): Promise<readonly Event[]> {
    const found = await super.getEvents(...call);
    this.load(call[0]);
    return found;
  }
}

export const reopeningMutants: readonly Mutant[] = [
  mutant(
    "is wrong from the third opening on",
    [oftenReopened, randomly],
    class extends Counting {
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        return { events: this.opening > 2 ? events.slice(0, -1) : events, errors };
      }
    },
  ),
  mutant(
    "restarts positions from the fourth opening on",
    [oftenReopened],
    class extends Counting {
      #count = 0;
      protected override position(sequence: number, index: number): string {
        return this.opening > 3 ? super.position(++this.#count, 0) : super.position(sequence, index);
      }
    },
  ),
  mutant(
    "returns 0 from getLatestVersion until the actor was read",
    [firstCall],
    class extends Lazy {
      override async getLatestVersion(actorId: string): Promise<number> {
        const latest = await super.getLatestVersion(actorId);
        return this.isLoaded(actorId) ? latest : 0;
      }
    },
  ),
  mutant(
    "does not know ids until the actor was read",
    [firstCall],
    class extends Lazy {
      protected override isStored(event: Event, stored: readonly Event[]): boolean {
        return this.isLoaded(event.actorId) && super.isStored(event, stored);
      }
    },
  ),
  mutant(
    "checks batches against nothing until the actor was read",
    [firstCall],
    class extends Lazy {
      protected override checkConflict(events: readonly Event[]): void {
        if (events.length === 1 || this.isLoaded(events[0]?.actorId ?? "")) super.checkConflict(events);
      }
    },
  ),
  mutant(
    "loses the rest of a batch that is the first call after reopening",
    ["durability: a batch may be the first call after reopening"],
    class extends Lazy {
      protected override encode(events: readonly Event[]): string {
        const isFirst = !this.isLoaded(events[0]?.actorId ?? "") && events.length > 1;
        return super.encode(isFirst ? events.slice(0, 1) : events);
      }
    },
  ),
  mutant(
    "loads at most 1,000 events when it is opened",
    ["durability: a long history is complete after reopening"],
    class extends Counting {
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        return { events: this.opening > 1 ? events.slice(-1_000) : events, errors };
      }
    },
  ),
  mutant(
    "keeps at most 40 actors after reopening",
    ["saving and reading: many actors are kept apart"],
    class extends Counting {
      protected override read(actorId: string) {
        const isKept = this.opening === 1 || this.storage.keys.indexOf(actorId) < 40;
        return isKept ? super.read(actorId) : { events: [], errors: [] };
      }
    },
  ),
  mutant(
    "keeps the latest versions of 64 actors, and takes other actors for new",
    ["saving and reading: many actors are kept apart"],
    class extends ReferenceStore {
      readonly #latest = new Map<string, number>();
      protected override latestVersion(actorId: string): number {
        return this.#latest.get(actorId) ?? 0;
      }
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        const { actorId = "", version = 0 } = events.at(-1) ?? {};
        this.#latest.delete(actorId);
        this.#latest.set(actorId, version);
        const [oldest = ""] = this.#latest.keys();
        if (this.#latest.size > 64) this.#latest.delete(oldest);
        return super.append(events);
      }
    },
  ),
];
