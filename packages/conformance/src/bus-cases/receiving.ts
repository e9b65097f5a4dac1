import type { Event, EventBroadcaster, HandlerOptions, Subscription } from "@aether/core";
import { versionsOf } from "../samples/events.ts";
import type { BusCaseContext } from "../suite/bus-case.ts";

/** Publishes events one after the other. */
export async function publishAll(context: BusCaseContext, namespace: string, events: readonly Event[]): Promise<void> {
  for (const event of events) await context.publisher.publish(namespace, event);
}

/** Publishes events one after the other, and waits until they have reached the subscriber. */
export async function send(context: BusCaseContext, namespace: string, events: readonly Event[]): Promise<void> {
  await publishAll(context, namespace, events);
  await context.settle();
}

/** The next so many events. They are taken from a loop that is not left. */
export async function take(subscription: AsyncIterable<Event>, count: number): Promise<readonly Event[]> {
  const iterator = subscription[Symbol.asyncIterator]();
  const taken: Event[] = [];
  while (taken.length < count) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

/** The versions of what is left in a subscription that has ended, or will. */
export async function rest(subscription: AsyncIterable<Event>): Promise<readonly number[]> {
  const all: Event[] = [];
  for await (const event of subscription) all.push(event);
  return versionsOf(all);
}

/** What a handler has heard. */
export interface Heard {
  readonly subscription: Subscription;
  readonly versions: readonly number[];
}

/** Subscribes a handler that notes the versions of the events that it is called with; waits until it is ready. */
export async function listen(bus: EventBroadcaster, pattern: string, options: HandlerOptions = {}): Promise<Heard> {
  const versions: number[] = [];
  const note = ({ version }: Event): void => {
    versions.push(version);
  };
  const subscription = bus.subscribe(pattern, note, options);
  await subscription.ready;
  return { subscription, versions };
}

/** Something that waits until it is let go. */
export class Gate {
  readonly passed: Promise<void>;
  open: () => void = () => {};

  constructor() {
    this.passed = new Promise((resolve) => {
      this.open = resolve;
    });
  }
}
