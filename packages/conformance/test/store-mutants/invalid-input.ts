import {
  type CallOptions,
  type Event,
  type EventsWithErrors,
  InvalidEventError,
  isAetherError,
  type NewEvent,
  type SaveReceipt,
} from "@aether/core";
import { checkActorId } from "@aether/store-kit";
import { ReferenceStore } from "../reference-store/reference-store.ts";
import { type Mutant, mutant, type StoreClass } from "./mutant.ts";

const notJson = "invalid input: data that JSON cannot represent is rejected";

/** Returns a store class that accepts an event if the path to its offending value starts with `path`. */
function accepting(path: string): StoreClass {
  return class extends ReferenceStore {
    protected override prepare(event: NewEvent): Event {
      try {
        return super.prepare(event);
      } catch (error) {
        if (!isAetherError(error, "AETHER_INVALID_EVENT") || !error.path.startsWith(path)) throw error;
        return { ...event, id: "an id", timestamp: this.now() } as Event;
      }
    }
  };
}

/** Converts data to JSON and back before the check, so that the check does not see values that JSON changes. */
class Laundering extends ReferenceStore {
  protected launder(data: object): object {
    return JSON.parse(JSON.stringify(data)) as object;
  }

  protected override prepare(event: NewEvent): Event {
    return super.prepare({ ...event, data: this.launder(event.data) });
  }
}

export const inputMutants: readonly Mutant[] = [
  mutant(
    "throws synchronously",
    ["invalid input: a value that is not an object is rejected"],
    class extends ReferenceStore {
      override saveEvent(event: NewEvent, options?: CallOptions): Promise<SaveReceipt> {
        this.prepare(event);
        return super.saveEvent(event, options);
      }
    },
  ),
  mutant(
    "accesses a field of a value that is not an event",
    ["invalid input: a value that is not an object is rejected"],
    class extends ReferenceStore {
      override async saveEvent(event: NewEvent): Promise<SaveReceipt> {
        return super.saveEvent({ ...event, eventType: event.eventType });
      }
    },
  ),
  mutant(
    "accepts any actor id",
    ["invalid input: an actor id that is empty, not a string or ill-formed is rejected"],
    accepting("actorId"),
  ),
  mutant(
    "replaces lone surrogates in actor ids",
    ["invalid input: an actor id that is empty, not a string or ill-formed is rejected"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        const { actorId } = event;
        return super.prepare({ ...event, actorId: typeof actorId === "string" ? actorId.toWellFormed() : actorId });
      }
    },
  ),
  mutant(
    "accepts any event type",
    ["invalid input: an event type that is empty, not a string or ill-formed is rejected"],
    accepting("eventType"),
  ),
  mutant(
    "accepts any version",
    ["invalid input: a version that is not a safe integer of at least 1 is rejected"],
    accepting("version"),
  ),
  mutant(
    "accepts a version that is numeric text",
    ["invalid input: a version that is not a safe integer of at least 1 is rejected"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        const version: unknown = event?.version;
        return super.prepare(typeof version === "string" ? { ...event, version: Number(version) } : event);
      }
    },
  ),
  mutant(
    "accepts any id",
    ["invalid input: an id that is empty, not a string or ill-formed is rejected"],
    accepting("id"),
  ),
  mutant(
    "fills in an empty id",
    ["invalid input: an id that is empty, not a string or ill-formed is rejected"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        return super.prepare(event?.id === "" ? { ...event, id: this.newId() } : event);
      }
    },
  ),
  mutant(
    "fills in the empty ids of a batch",
    ["invalid input: a batch rejects the same invalid events, at any place in it"],
    class extends ReferenceStore {
      protected override prepareBatch(events: readonly NewEvent[]): readonly Event[] {
        if (!Array.isArray(events)) return super.prepareBatch(events);
        return super.prepareBatch(
          events.map((event: NewEvent) => (event?.id === "" ? { ...event, id: this.newId() } : event)),
        );
      }
    },
  ),
  mutant(
    "accepts any timestamp",
    ["invalid input: a timestamp that is not an RFC 3339 date-time is rejected"],
    accepting("timestamp"),
  ),
  mutant(
    "accepts any timestamp that Date can parse",
    ["invalid input: a timestamp that is not an RFC 3339 date-time is rejected"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        if (typeof event?.timestamp !== "string" || Number.isNaN(Date.parse(event.timestamp)))
          return super.prepare(event);
        return { ...super.prepare({ ...event, timestamp: this.now() }), timestamp: event.timestamp };
      }
    },
  ),
  mutant(
    "accepts an array as data",
    ["invalid input: data that is not an object is rejected"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        return super.prepare(Array.isArray(event?.data) ? { ...event, data: { ...event.data } } : event);
      }
    },
  ),
  mutant(
    "saves data in the form that JSON converts it to: NaN as null, a Date as text",
    [
      notJson,
      "invalid input: undefined in an array is rejected",
      "invalid input: data of which JSON would lose a part is rejected",
    ],
    Laundering,
  ),
  mutant(
    "copies data with structuredClone, which accepts maps and dates",
    ["invalid input: data that is not a plain object is rejected"],
    accepting("data"),
  ),
  mutant(
    "recurses endlessly on a cycle",
    ["invalid input: a cycle in data is rejected"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        JSON.stringify(event?.data, (_, value) => (typeof value === "bigint" ? String(value) : value));
        return super.prepare(event);
      }
    },
  ),
  mutant(
    "reports the field, but not the path inside it",
    [notJson, "invalid input: a cycle in data is rejected"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        try {
          return super.prepare(event);
        } catch (error) {
          if (!isAetherError(error, "AETHER_INVALID_EVENT")) throw error;
          throw new InvalidEventError({ path: error.path.replace(/[.[].*$/, ""), reason: error.reason });
        }
      }
    },
  ),
  mutant(
    "accepts any metadata",
    ["invalid input: metadata that is not an object of strings is rejected"],
    accepting("metadata"),
  ),
  mutant(
    "converts metadata values to text",
    ["invalid input: metadata that is not an object of strings is rejected"],
    class extends ReferenceStore {
      protected override prepare(event: NewEvent): Event {
        if (typeof event?.metadata !== "object" || event.metadata === null) return super.prepare(event);
        const entries = Object.entries(event.metadata).map(([key, value]) => [key, String(value)]);
        return super.prepare({ ...event, metadata: Object.fromEntries(entries) });
      }
    },
  ),
  mutant(
    "takes the version of an event before it checks the event",
    ["invalid input: the version of a rejected event stays free"],
    class extends ReferenceStore {
      readonly #claimed = new Set<number>();
      protected override prepare(event: NewEvent): Event {
        try {
          return super.prepare(event);
        } catch (error) {
          this.#claimed.add(event?.version);
          throw error;
        }
      }
      protected override isTaken(event: Event, latest: number): boolean {
        return super.isTaken(event, latest) || this.#claimed.has(event.version);
      }
    },
  ),
  mutant(
    "returns no events for an invalid actor id",
    [
      "invalid input: reads reject an actor id that is empty, not a string or ill-formed",
      "invalid input: getEventsWithErrors rejects the same arguments as the other reads",
    ],
    class extends ReferenceStore {
      override async getEventsWithErrors(actorId: string, from = 0, options?: CallOptions): Promise<EventsWithErrors> {
        if (!isActorId(actorId)) return { events: [], errors: [] };
        return super.getEventsWithErrors(actorId, from, options);
      }
    },
  ),
  mutant(
    "does not check fromVersion",
    ["invalid input: reads reject a fromVersion that is not an integer of at least 0"],
    class extends ReferenceStore {
      override async getEventsWithErrors(actorId: string, from = 0, options?: CallOptions): Promise<EventsWithErrors> {
        return super.getEventsWithErrors(actorId, Number.isSafeInteger(from) && from >= 0 ? from : 0, options);
      }
    },
  ),
];

function isActorId(actorId: unknown): boolean {
  try {
    checkActorId(actorId);
    return true;
  } catch {
    return false;
  }
}
