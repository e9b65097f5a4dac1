import type { Event, SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

/** Returns a plain object that looks like an error. */
function plain(error: unknown): object {
  const { name, message, stack } = error as Error;
  return { ...(error as Error), [Symbol.for("aether.error")]: true, name, message, stack };
}

export const errorMutants: readonly Mutant[] = [
  mutant(
    "rejects with plain objects in place of errors",
    [
      "conflicts: a version up to the latest is rejected with a conflict",
      "conflicts: sameEvent is true if this event is already stored at this version",
    ],
    class extends ReferenceStore {
      protected override conflict(events: readonly Event[], currentVersion: number): Error {
        return plain(super.conflict(events, currentVersion)) as Error;
      }
    },
  ),
  mutant(
    "rejects with objects whose prototype is that of an error",
    ["conflicts: a version up to the latest is rejected with a conflict"],
    class extends ReferenceStore {
      protected override conflict(events: readonly Event[], currentVersion: number): Error {
        const error = super.conflict(events, currentVersion);
        return Object.assign(Object.create(Object.getPrototypeOf(error)), plain(error));
      }
    },
  ),
  mutant(
    "leaves a rejection that nothing handles",
    ["conflicts: after a conflict, the next version is accepted"],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        const result = super.commit(events);
        void result.finally(() => {});
        return result;
      }
    },
  ),
  mutant(
    "caches histories of four events and more, and does not notice what other stores save",
    ["random calls: random calls to several open stores return what a simple model returns"],
    class extends ReferenceStore {
      readonly #kept = new Map<string, readonly Event[]>();
      override async getEvents(...call: Parameters<ReferenceStore["getEvents"]>): Promise<readonly Event[]> {
        const [actorId, fromVersion = 0] = call;
        const found = await super.getEvents(...call);
        const kept = this.#kept.get(actorId) ?? [];
        if (kept.length < 4) this.#kept.set(actorId, fromVersion === 0 ? found : kept);
        return kept.length < 4 || fromVersion > (kept.at(-1)?.version ?? 0) ? found : this.from(kept, fromVersion);
      }
    },
  ),
];
