import type { CallOptions, Event, ReadOptions, SaveReceipt } from "@aether/core";
import { checkActorId } from "@aether/store-kit";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const staleConflict = "shared stores: a version that another store has saved is rejected with a conflict";
const staleRead = "shared stores: a store reads events that another store has saved";

/** A store that caches the events that it has read or saved, but not the events that other stores save. */
class Caching extends ReferenceStore {
  readonly #kept = new Map<string, Event[]>();

  protected cached(actorId: string): readonly Event[] {
    return this.#kept.get(actorId) ?? this.read(actorId).events;
  }

  protected override read(actorId: string) {
    const found = super.read(actorId);
    if (!this.#kept.has(actorId)) this.#kept.set(actorId, [...found.events]);
    return found;
  }

  protected override append(events: readonly Event[]): readonly SaveReceipt[] {
    this.#kept.get(events[0]?.actorId ?? "")?.push(...events);
    return super.append(events);
  }
}

export const sharedStoreMutants: readonly Mutant[] = [
  mutant(
    "remembers that an actor has no events to stream",
    ["shared stores: a store reads the first events of an actor although it has read the actor before"],
    class extends ReferenceStore {
      readonly #empty = new Set<string>();
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        this.#empty.clear();
        return super.append(events);
      }
      protected override async *stream(actorId: string, options?: ReadOptions): AsyncGenerator<Event, void, undefined> {
        if (this.#empty.has(actorId)) return;
        if (this.read(actorId).events.length === 0) this.#empty.add(actorId);
        yield* super.stream(actorId, options);
      }
    },
  ),
  mutant(
    "reads from its cache",
    [staleRead, "shared stores: a store reads a batch that another store has saved"],
    class extends Caching {
      override async getEvents(actorId: string, fromVersion = 0, options?: CallOptions): Promise<readonly Event[]> {
        await super.getEvents(actorId, fromVersion, options);
        return this.from(this.cached(actorId), fromVersion);
      }
    },
  ),
  mutant(
    "takes the latest version from its cache",
    [staleRead],
    class extends Caching {
      override async getLatestVersion(actorId: string): Promise<number> {
        checkActorId(actorId);
        return this.cached(actorId).at(-1)?.version ?? 0;
      }
    },
  ),
  mutant(
    "checks for conflicts against its cache",
    [staleConflict, "shared stores: a gap that another store has left cannot be filled"],
    class extends Caching {
      protected override latestVersion(actorId: string): number {
        return this.cached(actorId).at(-1)?.version ?? 0;
      }
    },
  ),
  mutant(
    "reports a conflict with the version in its cache",
    [staleConflict],
    class extends Caching {
      protected override conflict(events: readonly Event[]): Error {
        return super.conflict(events, this.cached(events[0]?.actorId ?? "").at(-1)?.version ?? 0);
      }
    },
  ),
  mutant(
    "streams from its cache",
    ["shared stores: a store streams events that another store has saved"],
    class extends Caching {
      protected override async *stream(actorId: string): AsyncGenerator<Event, void, undefined> {
        yield* this.cached(actorId);
      }
    },
  ),
  mutant(
    "closes a connection that all stores share",
    ["shared stores: closing one store leaves other stores open"],
    class extends ReferenceStore {
      override async close(): Promise<void> {
        await super.close();
        Object.assign(this.storage, { closed: true });
      }
      protected override checkOpen(options: CallOptions | undefined): void {
        super.checkOpen(options);
        if (Reflect.get(this.storage, "closed") === true) throw new Error("connection closed");
      }
    },
  ),
];
