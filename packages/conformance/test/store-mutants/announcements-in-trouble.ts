import { type Event, EventTooLargeError, type NewEvent, type SaveReceipt } from "@aether/core";
import type { AnnouncementBus } from "@aether/store-kit";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant } from "./mutant.ts";

const failing = "announcements: a bus that fails affects neither saves nor later announcements";
const rejected = "announcements: a save that is rejected for any reason is not announced";
const generated = "announcements: an announcement refers to the id and the timestamp that the store has generated";
const everyKind = "announcements: events of every kind are announced, with their ids and types unchanged";

export const announcementTroubleMutants: readonly Mutant[] = [
  mutant("stops announcing when its bus has failed once", [failing], ReferenceStore, {
    openWithBus: (storage, bus) => {
      let hasFailed = false;
      const publish: AnnouncementBus["publish"] = async (namespace, announcement) => {
        if (hasFailed) return;
        hasFailed = true;
        await bus.publish(namespace, announcement);
        hasFailed = false;
      };
      return new ReferenceStore(storage, { publish });
    },
  }),
  mutant(
    "announces events that are too large to be stored",
    [rejected],
    class extends ReferenceStore {
      protected override append(events: readonly Event[]): readonly SaveReceipt[] {
        const sizeBytes = this.encode(events).length;
        if (sizeBytes < 1_000_000) return super.append(events);
        this.announce(events);
        throw new EventTooLargeError({ actorId: events[0]?.actorId ?? "", sizeBytes, limitBytes: undefined });
      }
    },
  ),
  mutant(
    "announces events before it checks the signal",
    [rejected],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        const prepared = super.prepare(event);
        if (event.version === 1) this.announce([prepared]);
        return prepared;
      }
    },
  ),
  mutant(
    "announces another id than the one that it has generated",
    [generated],
    class extends ReferenceStore {
      protected override announce(events: readonly Event[]): void {
        super.announce(events.map((event) => (event.id.length === 36 ? { ...event, id: this.newId() } : event)));
      }
    },
  ),
  mutant(
    "announces versions as 32-bit numbers",
    [everyKind],
    class extends ReferenceStore {
      protected override announce(events: readonly Event[]): void {
        super.announce(events.map((event) => ({ ...event, version: event.version | 0 })));
      }
    },
  ),
  mutant(
    "announces normalised types",
    [everyKind],
    class extends ReferenceStore {
      protected override announce(events: readonly Event[]): void {
        super.announce(events.map((event) => ({ ...event, eventType: event.eventType.normalize("NFKC") })));
      }
    },
  ),
];
