import type { EventBroadcaster } from "@aether/core";
import type { BusPlaces } from "../../src/index.ts";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import type { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { Request } from "../reference-bus/requests.ts";
import { Wire } from "../reference-bus/wire.ts";

/** The class of a bus on a wire. */
export type BusClass = new (wire: Wire) => EventBroadcaster;

/** The class of a subscription. */
export type SubscriptionClass = new (
  ...args: ConstructorParameters<typeof ReferenceSubscription>
) => ReferenceSubscription;

/** A bus that is broken in one way, as real adapters are. */
export interface BusMutant {
  /** The mistake. */
  readonly name: string;
  /** The cases that must catch it: `"theme: name"`. Others may catch it too. */
  readonly caughtBy: readonly string[];
  readonly places: BusPlaces<Wire>;
}

/** The places of buses on wires. What is broken may wait for ever: it is not waited for as long as for a real bus. */
export const wirePlaces = (Bus: BusClass, patienceMs = 4_000): BusPlaces<Wire> => {
  const wires = new WeakMap<EventBroadcaster, Wire>();
  return {
    shared: true,
    createPlace: () => new Wire(),
    open: (wire) => {
      const bus = new Bus(wire);
      wires.set(bus, wire);
      return bus;
    },
    settle: async (bus) => wires.get(bus)?.drained(),
    patienceMs,
  };
};

/** A mutant: most are the correct bus with one step done otherwise. */
export function busMutant(name: string, caughtBy: readonly string[], Bus: BusClass): BusMutant {
  return { name, caughtBy, places: wirePlaces(Bus, 500) };
}

/** A mutant whose subscriptions are the broken part. */
export function subscriptionMutant(
  name: string,
  caughtBy: readonly string[],
  Subscription: SubscriptionClass,
): BusMutant {
  return busMutant(
    name,
    caughtBy,
    class extends ReferenceBus {
      protected override newSubscription(request: Request): ReferenceSubscription {
        return new Subscription(request, (ended) => this.forget(ended));
      }
    },
  );
}
