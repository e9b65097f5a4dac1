import { theme } from "./bus-case.ts";
import { rejects, same, throws } from "./checks.ts";
import { eventOf, eventsUpTo, publishAll, takeAll, until } from "./samples.ts";

export const closing = theme("closing", {
  "ends loops behind what waits for them": async (stage) => {
    const subscription = stage.subscriber.subscribe("a");
    await subscription.ready;
    await publishAll(stage, "a", eventsUpTo(3));
    await stage.settle();
    await stage.subscriber.close();
    same(await takeAll(subscription), [1, 2, 3], "what waited");
    same(stage.subscriber.subscriberCount(), 0, "subscriptions");
  },

  "ends a loop that waits": async ({ subscriber }) => {
    const read = takeAll(subscriber.subscribe("a"));
    await subscriber.close();
    same(await read, [], "what was read");
  },

  "waits for handlers to take what waits for them": async (stage) => {
    const handled: number[] = [];
    const subscription = stage.subscriber.subscribe("a", async ({ version }) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      handled.push(version);
    });
    await subscription.ready;
    await publishAll(stage, "a", eventsUpTo(5));
    await stage.settle();
    await stage.subscriber.close();
    same(handled, [1, 2, 3, 4, 5], "what was handled");
  },

  "refuses what comes later": async ({ subscriber }) => {
    await subscriber.close();
    const code = "AETHER_BROADCASTER_CLOSED";
    await rejects(subscriber.publish("a", eventOf(1)), code, "publish");
    throws(() => subscriber.subscribe("a"), code, "subscribe");
    throws(() => subscriber.subscribe("a", () => {}), code, "subscribe with a handler");
  },

  "is allowed again, at once and later": async ({ subscriber }) => {
    await Promise.all([subscriber.close(), subscriber.close()]);
    await subscriber.close();
  },

  "happens at the end of a scope": async ({ subscriber }) => {
    await subscriber[Symbol.asyncDispose]();
    await rejects(subscriber.publish("a", eventOf(1)), "AETHER_BROADCASTER_CLOSED", "publish");
  },

  "is asked for by a handler without waiting for itself": async (stage) => {
    let closed = false;
    const subscription = stage.subscriber.subscribe("a", () => {
      void stage.subscriber.close().then(() => {
        closed = true;
      });
    });
    await subscription.ready;
    await stage.publisher.publish("a", eventOf(1)).catch(() => {});
    await until(() => closed, "the bus is closed");
  },
});
