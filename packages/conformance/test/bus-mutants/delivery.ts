import { EVENT_STORED, type Event } from "@aether/core";
import { Channel } from "../reference-bus/channel.ts";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import { type BusMutant, busMutant, subscriptionMutant } from "./mutant.ts";

const whole = "delivery: every event arrives once and unchanged";
const ordered = "delivery: the events of one publisher in a namespace arrive in order, even if publish is not awaited";
const receivedOnce = "delivery: a bus receives its own events and those of other buses, each once";

/** Returns a bus class that changes every published event. */
function changing(change: (event: Event) => object) {
  return class extends ReferenceBus {
    protected override prepare(event: Event): Event {
      return super.prepare(change(super.prepare(event)) as Event);
    }
  };
}

const everywhere = new Channel();

export const deliveryMutants: readonly BusMutant[] = [
  busMutant(
    "loses metadata",
    [whole],
    changing(({ metadata: _, ...event }) => event),
  ),
  busMutant(
    "reformats timestamps",
    [whole],
    changing((event) => ({ ...event, timestamp: new Date(event.timestamp).toISOString() })),
  ),
  busMutant(
    "loses a property with the name __proto__",
    [whole],
    changing((event) => ({ ...event, data: Object.assign({}, event.data) })),
  ),
  busMutant(
    "delivers every event twice",
    [whole],
    class extends ReferenceBus {
      protected override deliver(namespace: string, event: Event, from: "local" | "remote"): void {
        super.deliver(namespace, event, from);
        super.deliver(namespace, event, from);
      }
    },
  ),
  subscriptionMutant(
    "passes handlers events without metadata",
    ["delivery: a handler gets the same events as a loop"],
    class extends ReferenceSubscription {
      protected override call({ metadata: _, ...event }: Event): Promise<void> {
        return super.call(event);
      }
    },
  ),
  busMutant(
    "rejects a publish without subscribers, like a request without responders",
    ["delivery: publishing without subscribers succeeds"],
    class extends ReferenceBus {
      protected override send(namespace: string, event: Event): Promise<void> {
        if (this.subscriptions.size === 0) throw new Error("503 no responders");
        return super.send(namespace, event);
      }
    },
  ),
  busMutant(
    "drops an event whose id it has seen, like a deduplicating broker",
    ["delivery: an event can be published again, even if it is frozen"],
    class extends ReferenceBus {
      readonly #seen = new Set<string>();
      protected override deliver(namespace: string, event: Event, from: "local" | "remote"): void {
        if (!this.#seen.has(event.id)) super.deliver(namespace, event, from);
        this.#seen.add(event.id);
      }
    },
  ),
  busMutant(
    "delays each event by a different time",
    [ordered],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event): Promise<void> {
        for (let turn = event.version % 3; turn > 0; turn--) await undefined;
        await super.publish(namespace, event);
      }
    },
  ),
  busMutant(
    "delivers small events before large ones",
    ["delivery: events of different sizes arrive in order"],
    class extends ReferenceBus {
      override async publish(namespace: string, event: Event): Promise<void> {
        if (JSON.stringify(event).length > 10_000) await new Promise((resolve) => setTimeout(resolve, 2));
        await super.publish(namespace, event);
      }
    },
  ),
  busMutant(
    "delivers an event that a handler publishes before the current event has reached all subscribers",
    ["delivery: all subscribers get events in the same order, even if a handler publishes"],
    class extends ReferenceBus {
      protected override deliver(namespace: string, event: Event, from: "local" | "remote"): void {
        this.offerTo(this.recipients(namespace, from), event);
      }
    },
  ),
  busMutant(
    "does not deliver announcements",
    ["delivery: announcements of stored events are delivered like other events"],
    class extends ReferenceBus {
      protected override recipients(namespace: string, from: "local" | "remote"): Iterable<ReferenceSubscription> {
        return [...super.recipients(namespace, from)].filter(
          (each) => !(each as Peeking).eventTypes?.includes(EVENT_STORED),
        );
      }
      protected override newSubscription(request: ConstructorParameters<typeof Peeking>[0]): ReferenceSubscription {
        return new Peeking(request, (ended) => this.forget(ended));
      }
    },
  ),
  busMutant(
    "receives its own events a second time",
    [receivedOnce],
    class extends ReferenceBus {
      protected override isMine(): boolean {
        return false;
      }
    },
  ),
  busMutant(
    "does not receive its own events",
    [receivedOnce],
    class extends ReferenceBus {
      protected override recipients(namespace: string, from: "local" | "remote"): Iterable<ReferenceSubscription> {
        return from === "local" ? [] : super.recipients(namespace, from);
      }
    },
  ),
  busMutant(
    "does not receive events of other buses",
    [receivedOnce],
    class extends ReferenceBus {
      override receive(): void {}
    },
  ),
  busMutant(
    "uses the same channel for everything",
    ["delivery: events on one channel do not arrive on another"],
    class extends ReferenceBus {
      constructor() {
        super(everywhere);
      }
    },
  ),
];

class Peeking extends ReferenceSubscription {
  get eventTypes(): readonly string[] | undefined {
    return this.request.eventTypes;
  }
}
