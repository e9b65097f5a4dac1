import type { CallOptions, Event } from "@aether/core";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { type BusMutant, busMutant } from "./mutant.ts";

const frozen = "immutability: events are deeply frozen, for loops and handlers";
const partly = "immutability: an event that is frozen only in part is copied when publish is called";
const again = "immutability: an object that is changed and published again is delivered as it was at each call";
const others = "immutability: a subscriber cannot change events for other subscribers";

/** Functions that take an event for frozen although some of its parts may not be. */
const shallow: Readonly<Record<string, (event: Event) => boolean>> = {
  event: (event) => Object.isFrozen(event),
  "event and its data": (event) => [event, event.data].every(Object.isFrozen),
  "event and its metadata": (event) => [event, event.metadata].every(Object.isFrozen),
  "event, its metadata and its data": (event) => [event, event.data, event.metadata].every(Object.isFrozen),
  "event and the values in its data": (event) =>
    [event, event.data, event.metadata, ...Object.values(event.data)].every(Object.isFrozen),
  "event and the items of lists in its data": (event) =>
    [event, event.data, event.metadata, ...Object.values(event.data).flat()].every(Object.isFrozen),
};

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
  ...Object.entries(shallow).map(([parts, isFrozen]) =>
    busMutant(
      `delivers the publisher's object if the ${parts} are frozen`,
      [partly],
      class extends ReferenceBus {
        protected override prepare(event: Event): Event {
          const copy = super.prepare(event);
          return isFrozen(event) ? event : copy;
        }
      },
    ),
  ),
  busMutant(
    "keeps the copy of an object for the next call",
    [again],
    class extends ReferenceBus {
      readonly #copies = new WeakMap<object, Event>();
      protected override prepare(event: Event): Event {
        const copy = this.#copies.get(event) ?? super.prepare(event);
        this.#copies.set(event, copy);
        return copy;
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
