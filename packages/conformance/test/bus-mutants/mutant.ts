import type { EventBroadcaster } from "@aether/core";
import type { BusUnderTest } from "../../src/index.ts";
import { Channel } from "../reference-bus/channel.ts";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import type { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";

/** The class of a bus on a channel. */
export type BusClass = new (channel: Channel) => EventBroadcaster;

/** The class of a subscription. */
export type SubscriptionClass = new (
  ...args: ConstructorParameters<typeof ReferenceSubscription>
) => ReferenceSubscription;

/** A bus that is broken in one way, as real adapters are. */
export interface BusMutant {
  /** The mistake. */
  readonly name: string;
  /** The cases that must catch it: `"group: name"`. Others may catch it too. */
  readonly caughtBy: readonly string[];
  readonly bus: BusUnderTest<Channel>;
}

/** The bus of buses on channelOf. What is broken may wait for ever: it is not waited for as long as for a real bus. */
export const busUnderTest = (Bus: BusClass, caseTimeoutMs = 4_000): BusUnderTest<Channel> => {
  const channelOf = new WeakMap<EventBroadcaster, Channel>();
  return {
    shared: true,
    createChannel: () => new Channel(),
    open: (channel) => {
      const bus = new Bus(channel);
      channelOf.set(bus, channel);
      return bus;
    },
    settle: async (bus) => channelOf.get(bus)?.drained(),
    caseTimeoutMs,
  };
};

/** A mutant: most are the correct bus with one step done otherwise. */
export function busMutant(name: string, caughtBy: readonly string[], Bus: BusClass): BusMutant {
  return { name, caughtBy, bus: busUnderTest(Bus, 500) };
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
      protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
        return new Subscription(request, (ended) => this.forget(ended));
      }
    },
  );
}
