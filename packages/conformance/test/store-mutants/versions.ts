import type { Event } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const ascending = "versions and gaps: events are read in ascending order of version, even with gaps";
const fromVersion = "versions and gaps: fromVersion is inclusive";
const everySize = "versions and gaps: versions of every size are sorted and selected as numbers";

export const versionMutants: readonly Mutant[] = [
  mutant(
    "returns the newest event first",
    [ascending],
    class extends ReferenceStore {
      protected override from(events: readonly Event[], from: number): readonly Event[] {
        return super.from(events, from).toReversed();
      }
    },
  ),
  mutant(
    "sorts versions as text",
    [ascending],
    class extends ReferenceStore {
      protected override from(events: readonly Event[], from: number): readonly Event[] {
        return super.from(events, from).toSorted((a, b) => (String(a.version) < String(b.version) ? -1 : 1));
      }
    },
  ),
  mutant(
    "rejects gaps",
    [ascending],
    class extends ReferenceStore {
      protected override isTaken(event: Event, latest: number): boolean {
        return event.version !== latest + 1;
      }
    },
  ),
  mutant(
    "returns the number of events as the latest version",
    [ascending],
    class extends ReferenceStore {
      override async getLatestVersion(actorId: string): Promise<number> {
        return this.read(actorId).events.length;
      }
    },
  ),
  mutant(
    "excludes fromVersion itself",
    [fromVersion],
    class extends ReferenceStore {
      protected override from(events: readonly Event[], from: number): readonly Event[] {
        return events.filter(({ version }) => version > from);
      }
    },
  ),
  mutant(
    "uses fromVersion as an index",
    [fromVersion],
    class extends ReferenceStore {
      protected override from(events: readonly Event[], from: number): readonly Event[] {
        return events.slice(Math.max(0, from - 1));
      }
    },
  ),
  mutant(
    "keeps versions as 32-bit integers",
    ["versions and gaps: the largest version is Number.MAX_SAFE_INTEGER"],
    class extends ReferenceStore {
      protected override decodeOne(one: unknown): Event {
        const event = super.decodeOne(one);
        return Object.freeze({ ...event, version: event.version >>> 0 });
      }
    },
  ),
  mutant(
    "keeps versions as text keys of ten digits",
    [everySize, "versions and gaps: versions of every size are compared as numbers"],
    class extends ReferenceStore {
      protected override read(actorId: string) {
        const { events, errors } = super.read(actorId);
        const key = ({ version }: Event): string => String(version).padStart(10, "0");
        return { events: events.toSorted((left, right) => (key(left) < key(right) ? -1 : 1)), errors };
      }
    },
  ),
  mutant(
    "compares versions as 32-bit integers",
    ["versions and gaps: versions of every size are compared as numbers"],
    class extends ReferenceStore {
      protected override isTaken(event: Event, latest: number): boolean {
        return (event.version | 0) <= (latest | 0);
      }
    },
  ),
  mutant(
    "selects versions as 32-bit floats",
    [everySize],
    class extends ReferenceStore {
      protected override from(events: readonly Event[], fromVersion: number): readonly Event[] {
        return events.filter(({ version }) => Math.fround(version) >= Math.fround(fromVersion));
      }
    },
  ),
];
