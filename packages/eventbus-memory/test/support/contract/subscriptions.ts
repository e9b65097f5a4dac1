import { theme } from "./bus-case.ts";
import { same } from "./checks.ts";
import { eventOf, eventsUpTo, publishAll, take, takeAll } from "./samples.ts";

export const subscriptions = theme("subscriptions", {
  "buffer from the call that made them": async (stage) => {
    const subscription = stage.subscriber.subscribe("a");
    await subscription.ready;
    await publishAll(stage, "a", eventsUpTo(3));
    await stage.settle();
    same(await take(subscription, 3), [1, 2, 3], "what waited for the loop");
  },

  "know nothing of what was published before": async (stage) => {
    await publishAll(stage, "a", [eventOf(1)]);
    const subscription = stage.subscriber.subscribe("a");
    await subscription.ready;
    await publishAll(stage, "a", [eventOf(2)]);
    await stage.settle();
    same(await take(subscription, 1), [2], "what arrived");
  },

  "wake a loop that waits": async (stage) => {
    const subscription = stage.subscriber.subscribe("a");
    const taken = take(subscription, 2);
    await subscription.ready;
    await publishAll(stage, "a", eventsUpTo(2));
    same(await taken, [1, 2], "what the loop took");
  },

  "are read once": async ({ subscriber }) => {
    const subscription = subscriber.subscribe("a");
    subscription[Symbol.asyncIterator]();
    let refused = false;
    try {
      subscription[Symbol.asyncIterator]();
    } catch {
      refused = true;
    }
    same(refused, true, "the second iterator is refused");
  },

  "are counted, by pattern and in all": async ({ subscriber }) => {
    same(subscriber.subscriberCount(), 0, "at first");
    const [first] = [subscriber.subscribe("a"), subscriber.subscribe("a"), subscriber.subscribe("a.>", () => {})];
    const counts = (): unknown => [undefined, "a", "a.>", "a.b"].map((pattern) => subscriber.subscriberCount(pattern));
    same(counts(), [3, 2, 1, 0], "then");
    await first?.unsubscribe();
    same(counts(), [2, 1, 1, 0], "after one left");
  },

  "end when their loop is left, and count what nobody took": async (stage) => {
    const subscription = stage.subscriber.subscribe("a");
    await subscription.ready;
    await publishAll(stage, "a", eventsUpTo(5));
    await stage.settle();
    for await (const { version } of subscription) if (version === 2) break;
    same(stage.subscriber.subscriberCount(), 0, "subscriptions");
    same(subscription.dropped, 3, "dropped");
  },

  "end by unsubscribe, which ends the loop and discards what waits; a second time changes nothing": async (stage) => {
    const subscription = stage.subscriber.subscribe("a");
    await subscription.ready;
    await publishAll(stage, "a", eventsUpTo(5));
    await stage.settle();
    await subscription.unsubscribe();
    await subscription.unsubscribe();
    same(await takeAll(subscription), [], "what is left");
    same(subscription.dropped, 5, "dropped");
    same(stage.subscriber.subscriberCount("a"), 0, "subscriptions");
  },

  "end with their scope": async ({ subscriber }) => {
    {
      await using subscription = subscriber.subscribe("a");
      same(subscriber.subscriberCount(subscription.pattern), 1, "within");
    }
    same(subscriber.subscriberCount("a"), 0, "behind");
  },

  "end by their signal: the loop gets its reason": async (stage) => {
    const abort = new AbortController();
    const reason = new Error("enough");
    const subscription = stage.subscriber.subscribe("a", { signal: abort.signal });
    const read = takeAll(subscription);
    await subscription.ready;
    abort.abort(reason);
    same(await read.catch((error: unknown) => error === reason), true, "rejects with the reason");
    same(stage.subscriber.subscriberCount(), 0, "subscriptions");
  },

  "are not made with a signal that is aborted before": async ({ subscriber }) => {
    const reason = new Error("too late");
    let thrown: unknown;
    try {
      subscriber.subscribe("a", { signal: AbortSignal.abort(reason) });
    } catch (error) {
      thrown = error;
    }
    same(thrown === reason, true, "throws the reason");
    same(subscriber.subscriberCount(), 0, "subscriptions");
  },
});
