import type { CallOptions, Event, EventStored, SaveReceipt } from "@aether/core";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const refers = "announcements: every stored event is announced, with its id, type, actor, version and timestamp";
const traced = "announcements: an announcement has the correlation and the trace of the stored event, which caused it";
const inOrder =
  "announcements: rejected saves are not announced, and the announcements of an actor are in version order";

const afterwards = "announcements: an event is announced only after it is stored";
const batch = "announcements: every event of a batch is announced once, in version order";

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
  mutant(
    "announces only the first event of a batch",
    [batch],
    class extends ReferenceStore {
      protected override announce(events: readonly Event[]): void {
        super.announce(events.slice(0, 1));
      }
    },
  ),
  mutant(
    "announces an event twice",
    [batch],
    class extends ReferenceStore {
      protected override announce(events: readonly Event[]): void {
        super.announce(events);
        super.announce(events);
      }
    },
  ),
  mutant(
    "announces the events of a batch in the wrong order",
    [batch],
    class extends ReferenceStore {
      protected override announce(events: readonly Event[]): void {
        super.announce(events.toReversed());
      }
    },
  ),
  mutant(
    "announces concurrent saves in the wrong order",
    [inOrder],
    class extends ReferenceStore {
      #waiting: Event[] = [];
      protected override announce(events: readonly Event[]): void {
        this.#waiting.unshift(...events.toReversed());
        queueMicrotask(() => {
          super.announce(this.#waiting);
          this.#waiting = [];
        });
      }
    },
  ),
  mutant(
    "announces an event before it stores it",
    [afterwards],
    class extends ReferenceStore {
      protected override async save(events: readonly Event[], options?: CallOptions): Promise<readonly SaveReceipt[]> {
        super.announce(events);
        await new Promise((resolve) => setTimeout(resolve, 1));
        return super.save(events, options);
      }
      protected override announce(): void {}
    },
  ),
  mutant(
    "closes without the announcements that wait",
    ["announcements: close resolves after the announcements that wait were published"],
    class extends ReferenceStore {
      override async close(): Promise<void> {
        this.closed = true;
      }
    },
  ),
];
