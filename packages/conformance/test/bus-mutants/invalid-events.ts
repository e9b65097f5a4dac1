import { type CallOptions, type Event, InvalidEventError, isAetherError } from "@aether/core";
import { invalidEventsByGuarantee } from "../../src/samples/invalid-events.ts";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { type BusClass, type BusMutant, busMutant } from "./mutant.ts";

const title = (guarantee: string): string => `invalid events: ${guarantee}`;
const incomplete = title("an event without an id or a timestamp is rejected");
const all = [...Object.keys(invalidEventsByGuarantee).map(title), incomplete];

/** Returns a bus class that accepts an event if the path to its offending value starts with `path`. */
function accepting(path: string): BusClass {
  return class extends ReferenceBus {
    protected override prepare(event: Event): Event {
      try {
        return super.prepare(event);
      } catch (error) {
        if (!isAetherError(error, "AETHER_INVALID_EVENT") || !error.path.startsWith(path)) throw error;
        return event;
      }
    }
  };
}

export const invalidEventMutants: readonly BusMutant[] = [
  busMutant(
    "does not check events",
    all,
    class extends ReferenceBus {
      protected override prepare(event: Event): Event {
        return event;
      }
    },
  ),
  busMutant(
    "throws synchronously",
    [title("a value that is not an object is rejected")],
    class extends ReferenceBus {
      override publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        this.prepare(event);
        return super.publish(namespace, event, options);
      }
    },
  ),
  busMutant(
    "fills in the id and the timestamp, as a store does",
    [incomplete],
    class extends ReferenceBus {
      protected override prepare(event: Event): Event {
        const { id = crypto.randomUUID(), timestamp = new Date().toISOString() } = event ?? {};
        return super.prepare(typeof event === "object" && event !== null ? { ...event, id, timestamp } : event);
      }
    },
  ),
  busMutant(
    "converts data to JSON before it checks it",
    [
      title("data that JSON cannot represent is rejected"),
      title("undefined in an array is rejected"),
      title("data of which JSON would lose a part is rejected"),
    ],
    class extends ReferenceBus {
      protected override prepare(event: Event): Event {
        const isEvent = typeof event === "object" && event !== null && event.data !== undefined;
        return super.prepare(isEvent ? { ...event, data: JSON.parse(JSON.stringify(event.data)) as object } : event);
      }
    },
  ),
  busMutant(
    "does not report the path to the offending value",
    all.filter((each) => each !== title("a value that is not an object is rejected")),
    class extends ReferenceBus {
      protected override prepare(event: Event): Event {
        try {
          return super.prepare(event);
        } catch (cause) {
          throw new InvalidEventError({ path: "", reason: "is invalid", cause });
        }
      }
    },
  ),
  ...["actorId", "eventType", "version", "timestamp", "metadata"].map((field) =>
    busMutant(
      `does not check the ${field} of an event`,
      Object.entries(invalidEventsByGuarantee).flatMap(([guarantee, table]) =>
        table.every(({ path }) => path.startsWith(field)) ? [title(guarantee)] : [],
      ),
      accepting(field),
    ),
  ),
];
