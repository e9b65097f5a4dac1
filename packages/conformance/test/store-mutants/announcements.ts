import type { Event, EventStored, SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const refers = "announcements: every stored event is announced, with its id, type, actor, version and timestamp";
const traced = "announcements: an announcement has the correlation and the trace of the stored event, which caused it";
const inOrder =
  "announcements: rejected saves are not announced, and the announcements of an actor are in version order";

/** Returns a store class that publishes changed announcements. */
function announcing(change: (announcement: EventStored) => Partial<EventStored>): StoreClass {
  return class extends ReferenceStore {
    protected override announcement(announcement: EventStored): EventStored {
      return { ...announcement, ...change(announcement) };
    }
  };
}

export const announcementMutants: readonly Mutant[] = [
  mutant(
    "announces events without their type",
    [refers],
    announcing(({ data: { eventType: _, ...data } }) => ({ data: data as EventStored["data"] })),
  ),
  mutant(
    "announces the time of the announcement as the time of the event",
    [refers],
    announcing(({ data, timestamp }) => ({ data: { ...data, timestamp } })),
  ),
  mutant(
    "gives an announcement the id of the event",
    ["announcements: an announcement is a complete event with an id of its own"],
    announcing(({ data }) => ({ id: data.eventId })),
  ),
  mutant(
    "announces events without their correlation",
    [traced],
    announcing(({ data }) => ({ metadata: { causationId: data.eventId } })),
  ),
  mutant(
    "announces the cause of an event as the cause of the announcement",
    [traced],
    announcing(({ metadata }) => ({ metadata: { ...metadata, causationId: "command 3" } })),
  ),
  mutant(
    "announces rejected saves",
    [inOrder],
    class extends ReferenceStore {
      protected override checkConflict(events: readonly Event[]): void {
        try {
          super.checkConflict(events);
        } catch (error) {
          this.announcer?.announce(events);
          throw error;
        }
      }
    },
  ),
  mutant(
    "waits for the announcement in each save",
    ["announcements: a save does not wait for its announcement"],
    class extends ReferenceStore {
      protected override async commit(events: readonly Event[]): Promise<readonly SaveReceipt[]> {
        const receipts = await super.commit(events);
        await this.announcer?.drained();
        return receipts;
      }
    },
    { caseTimeoutMs: 100 },
  ),
];
