import type { CallOptions, Event } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { type BusMutant, busMutant } from "./mutant.ts";

const frozen = "immutability: events are deeply frozen, for loops and handlers";
const others = "immutability: a subscriber cannot change events for other subscribers";

export const immutabilityMutants: readonly BusMutant[] = [
  busMutant(
    "reads the publisher's object after an asynchronous step",
    ["immutability: an event is copied when publish is called"],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event, options?: CallOptions): Promise<void> {
        await undefined;
        await super.publish(namespace, event, options);
      }
    },
  ),
  busMutant(
    "delivers the publisher's object",
    ["immutability: a buffered event does not change with the publisher's object", frozen, others],
    class extends ReferenceBus {
      protected override prepare(event: Event): Event {
        super.prepare(event);
        return event;
      }
    },
  ),
  busMutant(
    "freezes the publisher's object",
    ["immutability: publish does not change or freeze the caller's object"],
    class extends ReferenceBus {
      protected override prepare(event: Event): Event {
        Object.freeze(event.data);
        return super.prepare(event);
      }
    },
  ),
  busMutant(
    "copies events without freezing them",
    [frozen, others],
    class extends ReferenceBus {
      protected override prepare(event: Event): Event {
        return structuredClone(super.prepare(event));
      }
    },
  ),
  busMutant(
    "freezes events only at the top level",
    [frozen],
    class extends ReferenceBus {
      protected override prepare(event: Event): Event {
        return Object.freeze(structuredClone(super.prepare(event)));
      }
    },
  ),
];
