import type { EventBroadcaster, EventSubscription } from "@aether/core";
import { MemoryEventBus } from "@aether/eventbus-memory";
import fc from "fast-check";
import { expect, test } from "vitest";
import { newPrefix, onOneServer } from "./support/bus-server.ts";
import { clients } from "./support/clients.ts";
import { eventOf } from "./support/events.ts";

const server = onOneServer();

const literal = fc.constantFrom("a", "b", "é", "a=2Eb", "$JS", "A");
const namespaces = fc.array(literal, { minLength: 1, maxLength: 4 }).map((tokens) => tokens.join("."));
const patterns = fc
  .tuple(fc.array(fc.oneof(literal, fc.constant("*")), { maxLength: 3 }), fc.oneof(literal, fc.constantFrom("*", ">")))
  .map(([tokens, last]) => [...tokens, last].join("."));

test.each(clients)("both buses match patterns and namespaces as the server does, through $client", async (client) => {
  const prefix = newPrefix();
  const publisher = await server.open(client, { prefix });
  const subscriber = await server.open(client, { prefix });
  const run = async (asked: readonly string[], published: readonly string[]): Promise<void> => {
    const memory = new MemoryEventBus();
    const subscribed = (bus: EventBroadcaster): readonly EventSubscription[] =>
      asked.map((pattern) => bus.subscribe(pattern));
    // The publisher's registry finds its own subscriptions. The server finds the subscriptions of the other bus.
    const found = [memory, publisher.bus, subscriber.bus].map(subscribed);
    await Promise.all(found.flat().map(({ ready }) => ready));
    for (const [index, namespace] of published.entries()) {
      await memory.publish(namespace, eventOf(index + 1));
      await publisher.bus.publish(namespace, eventOf(index + 1));
    }
    await subscriber.connection.flush();
    const [inMemory, here, there] = await Promise.all(found.map((each) => Promise.all(each.map(waiting))));
    expect(inMemory).toEqual(there);
    expect(here).toEqual(there);
  };
  const samples = fc.tuple(
    fc.array(patterns, { minLength: 1, maxLength: 12 }),
    fc.array(namespaces, { maxLength: 12 }),
  );
  await fc.assert(
    fc.asyncProperty(samples, ([asked, published]) => run(asked, published)),
    { numRuns: 60 },
  );
});

/** Returns the versions of the buffered events of a subscription, and ends it. */
async function waiting(subscription: EventSubscription): Promise<readonly number[]> {
  const versions: number[] = [];
  const iterator = subscription[Symbol.asyncIterator]();
  for (let left = (subscription as unknown as { waiting: number }).waiting; left > 0; left--) {
    versions.push(((await iterator.next()).value as { version: number }).version);
  }
  await subscription.unsubscribe();
  return versions;
}
