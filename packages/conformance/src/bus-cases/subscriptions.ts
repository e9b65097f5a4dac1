import { check, checkRejects } from "../checks/check.ts";
import { event, events, range, versionsOf } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { rest, send, take } from "./receiving.ts";

export const subscriptions: readonly BusCase[] = busCaseGroup("subscriptions", [
  {
    name: "buffer from the call that made them",
    setups: ["one bus"],
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      const publishing = context.publisher.publish("a", event("a", 1));
      await subscription.ready;
      await publishing;
      await send(context, "a", events("a", [2, 3]));
      const actual = versionsOf(await take(subscription, 3));
      const given = "an event published in the turn of subscribe, and two more before the loop";
      check("what is published after the call waits for the loop", { given, expected: [1, 2, 3], actual });
    },
  },
  {
    name: "get whatever is published once they are ready, by anyone",
    async run(context) {
      for (const version of range(1, 5)) {
        const subscription = context.subscriber.subscribe("a");
        await subscription.ready;
        await send(context, "a", [event("a", version)]);
        await subscription.unsubscribe();
        const given = "an event published as soon as ready resolved";
        check("an event that is published once ready has resolved arrives", {
          given,
          expected: 1,
          actual: subscription.dropped,
        });
      }
    },
  },
  {
    name: "know nothing of what was published before",
    async run(context) {
      await send(context, "a", events("a", [1, 2]));
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await send(context, "a", [event("a", 3)]);
      await context.subscriber.close();
      const given = "two events published before, one after subscribe";
      check("a subscription begins at its call", { given, expected: [3], actual: await rest(subscription) });
    },
  },
  {
    name: "wake a loop that waits",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      const taking = take(subscription, 2);
      await subscription.ready;
      await send(context, "a", events("a", [1, 2]));
      const given = "a loop that waited before anything was published";
      check("the loop gets the events", { given, expected: [1, 2], actual: versionsOf(await taking) });
    },
  },
  {
    name: "have the pattern that they were made with",
    setups: ["one bus"],
    async run({ subscriber }) {
      const made = ["a.b", "a.*", ">"].flatMap((pattern) => [
        subscriber.subscribe(pattern),
        subscriber.subscribe(pattern, () => {}),
      ]);
      const expected = ["a.b", "a.b", "a.*", "a.*", ">", ">"];
      check("pattern is what was asked for", { given: expected, expected, actual: made.map(({ pattern }) => pattern) });
    },
  },
  {
    name: "can be iterated once",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await send(context, "a", events("a", [1, 2]));
      const first = subscription[Symbol.asyncIterator]();
      await first.next();
      const given = "a second loop over one subscription";
      const refused = { code: "AETHER_SUBSCRIPTION_USED" } as const;
      await checkRejects("the second loop is a SubscriptionUsedError", given, rest(subscription), refused);
      const { value } = await first.next();
      check("the first loop goes on", { given, expected: event("a", 2), actual: value });
    },
  },
  {
    name: "are counted here, by pattern and in all",
    async run({ subscriber, publisher }) {
      const counts = (): unknown =>
        [undefined, "a", "a.>", "a.b"].map((pattern) => subscriber.subscriberCount(pattern));
      check("at first there are none", { given: "a new bus", expected: [0, 0, 0, 0], actual: counts() });
      const first = subscriber.subscribe("a");
      const [second, third] = [subscriber.subscribe("a"), subscriber.subscribe("a.>", () => {})];
      const given = "two subscriptions to a, one with a handler to a.>";
      check("each counts at once, under its own pattern", { given, expected: [3, 2, 1, 0], actual: counts() });
      await first.unsubscribe();
      await first.unsubscribe();
      check("who left does not", { given: "one to a left, twice", expected: [2, 1, 1, 0], actual: counts() });
      await Promise.all([second.unsubscribe(), third.unsubscribe()]);
      check("in the end there are none", { given: "all have left", expected: [0, 0, 0, 0], actual: counts() });
      if (publisher === subscriber) return;
      subscriber.subscribe("a");
      const elsewhere = "a subscription of another bus";
      check("others' do not count here", { given: elsewhere, expected: 0, actual: publisher.subscriberCount() });
    },
  },
  {
    name: "end when their loop is left, and count what nobody took",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await send(context, "a", events("a", range(1, 5)));
      for await (const { version } of subscription) if (version === 2) break;
      const given = "a loop over five events that is left at the second";
      check("leaving the loop unsubscribes", { given, expected: 0, actual: context.subscriber.subscriberCount() });
      check("what nobody took is counted", { given, expected: 3, actual: subscription.dropped });
    },
  },
  {
    name: "end when their loop throws",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await send(context, "a", events("a", [1, 2]));
      const mine = new Error("mine");
      let seen: unknown;
      try {
        for await (const _ of subscription) throw mine;
      } catch (error) {
        seen = error;
      }
      const given = "a loop whose body throws";
      check("the error is the loop's own", { given, expected: mine, actual: seen });
      check("throwing unsubscribes", { given, expected: 0, actual: context.subscriber.subscriberCount() });
    },
  },
  {
    name: "end by unsubscribe, which discards and counts what waits",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await send(context, "a", events("a", range(1, 5)));
      await subscription.unsubscribe();
      await send(context, "a", [event("a", 6)]);
      await subscription.unsubscribe();
      const given = "five events, unsubscribe, another event, unsubscribe";
      check("nothing is left", { given, expected: [], actual: await rest(subscription) });
      check("what was discarded is counted, once", { given, expected: 5, actual: subscription.dropped });
      check("nobody subscribes", { given, expected: 0, actual: context.subscriber.subscriberCount("a") });
    },
  },
  {
    name: "end a loop that waits when they are unsubscribed",
    async run({ subscriber }) {
      const subscription = subscriber.subscribe("a");
      await subscription.ready;
      const reading = rest(subscription);
      await subscription.unsubscribe();
      check("the loop ends", { given: "a loop that waits", expected: [], actual: await reading });
    },
  },
  {
    name: "end with their scope",
    async run({ subscriber }) {
      const subscription = subscriber.subscribe("a");
      const handling = subscriber.subscribe("b", () => {});
      await subscription[Symbol.asyncDispose]();
      await handling[Symbol.asyncDispose]();
      const given = "both kinds of subscription, disposed of";
      check("disposing unsubscribes", { given, expected: 0, actual: subscriber.subscriberCount() });
    },
  },
  {
    name: "settle ready also when they end before",
    async run({ subscriber }) {
      const subscription = subscriber.subscribe("a");
      const { ready } = subscription;
      await subscription.unsubscribe();
      await Promise.allSettled([ready, subscription.ready]);
    },
  },
]);
