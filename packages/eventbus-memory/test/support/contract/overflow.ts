import type { Event, EventSubscription, SubscribeOptions } from "@aether/core";
import { type BusStage, theme } from "./bus-case.ts";
import { rejects, same } from "./checks.ts";
import { eventOf, eventsUpTo, publishAll, take, takeAll } from "./samples.ts";

async function flooded(stage: BusStage, options: SubscribeOptions): Promise<EventSubscription<Event>> {
  const subscription = stage.subscriber.subscribe("a", { bufferSize: 3, ...options });
  await subscription.ready;
  await publishAll(stage, "a", eventsUpTo(5));
  await stage.settle();
  return subscription;
}

export const overflow = theme("overflow", {
  "drops the oldest by default, and counts": async (stage) => {
    const subscription = await flooded(stage, {});
    same(subscription.dropped, 2, "dropped");
    await stage.subscriber.close();
    same(await takeAll(subscription), [3, 4, 5], "what is left");
  },

  "drops the newest if asked to, and counts": async (stage) => {
    const subscription = await flooded(stage, { overflow: "drop-newest" });
    same(subscription.dropped, 2, "dropped");
    await stage.subscriber.close();
    same(await takeAll(subscription), [1, 2, 3], "what is left");
  },

  "ends the subscription with an error if asked to, behind what did fit": async (stage) => {
    const subscription = await flooded(stage, { overflow: "error" });
    same(stage.subscriber.subscriberCount(), 0, "subscriptions");
    const iterator = subscription[Symbol.asyncIterator]();
    const versions = [await iterator.next(), await iterator.next(), await iterator.next()].map(
      ({ value }) => (value as Event).version,
    );
    same(versions, [1, 2, 3], "what did fit");
    await rejects(iterator.next(), "AETHER_SUBSCRIPTION_OVERFLOW", "the next one");
    same((await iterator.next()).done, true, "the end");
    same(subscription.dropped, 1, "dropped");
  },

  "holds 1,024 events where nothing is said": async (stage) => {
    const subscription = stage.subscriber.subscribe("a");
    await subscription.ready;
    const publishing = eventsUpTo(1_030).map((event) => stage.publisher.publish("a", event));
    await Promise.all(publishing);
    await stage.settle();
    same(subscription.dropped, 6, "dropped");
  },

  "of one subscription is nobody else's: neither the publisher nor others wait or lose": async (stage) => {
    const stuck = stage.subscriber.subscribe("a", { bufferSize: 2 });
    const stuckHandler = stage.subscriber.subscribe("a", () => new Promise(() => {}), { bufferSize: 2 });
    const others = stage.subscriber.subscribe("a");
    await Promise.all([stuck.ready, stuckHandler.ready, others.ready]);
    await publishAll(stage, "a", eventsUpTo(200));
    await stage.settle();
    same((await take(others, 200)).length, 200, "what others took");
    same([stuck.dropped, stuckHandler.dropped], [198, 197], "dropped");
    await stuckHandler.unsubscribe();
  },

  "is over when the loop has caught up": async (stage) => {
    const subscription = await flooded(stage, {});
    const iterator = subscription[Symbol.asyncIterator]();
    for (const _ of [3, 4, 5]) await iterator.next();
    await stage.publisher.publish("a", eventOf(6));
    same(((await iterator.next()).value as Event).version, 6, "the next event");
    same(subscription.dropped, 2, "dropped");
  },
});
