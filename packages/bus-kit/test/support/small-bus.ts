import type { Event, HandlerOptions, SubscribeOptions } from "@aether/core";
import {
  type BufferedSubscription,
  type HandlerSubscription,
  PatternRegistry,
  readSubscribeArguments,
  SubscriptionHub,
  type SubscriptionStatus,
} from "../../src/index.ts";

/** A minimal bus around a hub and a registry. */
export class SmallBus {
  readonly statuses: SubscriptionStatus[] = [];
  readonly hub: SubscriptionHub = new SubscriptionHub((status) => this.statuses.push(status));
  readonly registry: PatternRegistry = new PatternRegistry();

  publish(namespace: string, event: Event): void {
    this.hub.deliver(this.registry.matching(namespace), event);
  }

  /** Publishes one event of each version to "a". */
  publishVersions(...versions: readonly number[]): void {
    for (const version of versions) this.publish("a", eventOf({ version }));
  }

  read(options?: SubscribeOptions, pattern = "a"): BufferedSubscription {
    const request = readSubscribeArguments(pattern, options);
    return this.hub.open(request, this.registry) as BufferedSubscription;
  }

  handle(onEvent: (event: Event) => unknown, options?: HandlerOptions, pattern = "a"): HandlerSubscription {
    const request = readSubscribeArguments(pattern, onEvent, options);
    return this.hub.open(request, this.registry) as HandlerSubscription;
  }
}

export function eventOf(fields: Partial<Event> = {}): Event {
  const version = fields.version ?? 1;
  return {
    id: `event-${version}`,
    eventType: "Tested",
    actorId: "actor-1",
    version,
    data: {},
    timestamp: "2026-11-24T00:00:00Z",
    ...fields,
  };
}

/** Returns the versions of all events that a subscription yields until it ends. */
export async function versionsFrom(subscription: AsyncIterable<Event>): Promise<readonly number[]> {
  const versions: number[] = [];
  for await (const { version } of subscription) versions.push(version);
  return versions;
}
