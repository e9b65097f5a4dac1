import type { Event, EventBroadcaster, HandlerOptions } from "@aether/core";
import { collect, versionsOf } from "../samples/events.ts";

/** Takes the next events of a subscription, up to `count`, without ending it. */
export async function takeEvents(subscription: AsyncIterable<Event>, count: number): Promise<readonly Event[]> {
  const iterator = subscription[Symbol.asyncIterator]();
  const taken: Event[] = [];
  while (taken.length < count) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

/** Reads a subscription to its end and returns the versions of its events. */
export async function remainingVersions(subscription: AsyncIterable<Event>): Promise<readonly number[]> {
  return versionsOf(await collect(subscription));
}

/**
 * Subscribes a handler and waits until it is ready. Returns a list that grows with the versions that the handler gets.
 */
export async function recordVersions(
  bus: EventBroadcaster,
  pattern: string,
  options: HandlerOptions = {},
): Promise<readonly number[]> {
  const versions: number[] = [];
  const record = ({ version }: Event): void => {
    versions.push(version);
  };
  await bus.subscribe(pattern, record, options).ready;
  return versions;
}
