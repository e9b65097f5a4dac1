import type { EventBroadcaster } from "@aether/core";
import type { BusUnderTest } from "../../src/index.ts";
import { Channel } from "../reference-bus/channel.ts";
import { ReferenceBus } from "../reference-bus/reference-bus.ts";
import type { ReferenceSubscription } from "../reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "../reference-bus/subscribe-request.ts";

/** A class of buses on a channel. */
export type BusClass = new (channel: Channel) => EventBroadcaster;

/** A class of subscriptions. */
export type SubscriptionClass = new (
  ...args: ConstructorParameters<typeof ReferenceSubscription>
) => ReferenceSubscription;

/** A bus with one mistake that real adapters make. */
export interface BusMutant {
  /** The mistake, as the end of a sentence that begins with "a bus that". */
  readonly name: string;
  /** The cases that must detect the mistake, as `"group: name"`. Other cases may also detect it. */
  readonly caughtBy: readonly string[];
  readonly bus: BusUnderTest<Channel>;
}

/** Creates the bus under test from a class of buses. */
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

/** Creates a mutant. Most mutants are the reference bus with one method overridden. */
export function busMutant(name: string, caughtBy: readonly string[], Bus: BusClass): BusMutant {
  return { name, caughtBy, bus: busUnderTest(Bus, 300) };
}

/** Creates a mutant whose subscriptions have the mistake. */
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
