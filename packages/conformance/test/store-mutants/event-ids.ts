import { createHash } from "node:crypto";
import type { Event, NewEvent } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const exactly = "event ids: sameEvent compares ids exactly";
const exactlyInBatches = "event ids: sameEvent compares the ids of a batch exactly";
const withoutId = "event ids: two saves without an id are different events";

/** Returns a store class that takes two ids for equal if their keys are equal. */
function comparing(key: (id: string) => string): StoreClass {
  return class extends ReferenceStore {
    protected override isStored({ actorId, version, id }: Event): boolean {
      const { events } = this.read(actorId);
      return events.some((stored) => stored.version === version && key(stored.id) === key(id));
    }
  };
}

/** Derives a missing id, which looks like a random one, from actor and version. */
function named<E extends NewEvent>(event: E): E {
  if (typeof event !== "object" || event === null || event.id !== undefined) return event;
  const digest = createHash("sha256").update(`${event.actorId}/${event.version}`).digest("hex");
  const id = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  return { ...event, id };
}

export const eventIdMutants: readonly Mutant[] = [
  mutant(
    "compares 36 characters of event ids",
    [exactly, exactlyInBatches],
    comparing((id) => id.slice(0, 36)),
  ),
  mutant(
    "ignores trailing spaces of event ids",
    [
      exactly,
      exactlyInBatches,
      "event ids: a reopened store compares ids exactly",
      "event ids: another open store compares ids exactly",
    ],
    comparing((id) => id.trimEnd()),
  ),
  mutant(
    "ignores the case of event ids",
    [exactly],
    comparing((id) => id.toLowerCase()),
  ),
  mutant(
    "compares normalised event ids",
    [exactly],
    comparing((id) => id.normalize("NFKC")),
  ),
  mutant(
    "compares event ids as numbers if they are numbers",
    [exactly],
    comparing((id) => String(Number(id) || id)),
  ),
  mutant(
    "compares event ids without dashes",
    [exactly],
    comparing((id) => id.replaceAll("-", "")),
  ),
  mutant(
    "compares the last 100 characters of event ids",
    [exactly],
    comparing((id) => id.slice(-100)),
  ),
  mutant(
    "ends event ids at a NUL character",
    [exactly, exactlyInBatches],
    comparing((id) => id.split("\u0000")[0] ?? ""),
  ),
  mutant(
    "derives a missing id from actor and version",
    [withoutId, "event ids: of concurrent saves without an id, one wins, and the others get sameEvent: false"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        return super.prepare(named(event));
      }
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        return super.prepareBatch(Array.isArray(events) ? events.map(named) : events);
      }
    },
  ),
  mutant(
    "has a unique key on event ids, and takes a violation for a conflict",
    ["event ids: an id that is already stored can be saved at other versions and for other actors"],
    class extends ReferenceStore {
      protected override isTaken(event: Event, latest: number): boolean {
        const isKnown = this.storage.keys.some((key) => this.read(key).events.some(({ id }) => id === event.id));
        return isKnown || super.isTaken(event, latest);
      }
    },
  ),
  mutant(
    "looks up sameEvent by id, whatever the actor",
    ["event ids: an id that is already stored can be saved at other versions and for other actors"],
    class extends ReferenceStore {
      protected override isStored({ id, version }: Event): boolean {
        return this.storage.keys.some((key) =>
          this.read(key).events.some((stored) => stored.id === id && stored.version >= version),
        );
      }
    },
  ),
];
