import { check, checkRejects } from "../checks/check.ts";
import { event, events, range, versionsOf } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { publishAndSettle } from "./publishing.ts";
import { remainingVersions, takeEvents } from "./receiving.ts";

export const subscriptions: readonly BusCase[] = busCaseGroup("subscriptions", [
  {
    name: "a subscription buffers the events that are published after the call to subscribe",
    setups: ["one bus"],
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      const publishing = context.publisher.publish("a", event("a", 1));
      await subscription.ready;
      await publishing;
      await publishAndSettle(context, "a", events("a", [2, 3]));
      const actual = versionsOf(await takeEvents(subscription, 3));
      const given = "an event published in the same turn as subscribe, and two more before the loop";
      check("events that are published after the call are buffered for the loop", {
        given,
        expected: [1, 2, 3],
        actual,
      });
    },
  },
  {
    name: "a subscription gets every event that any bus publishes after ready has resolved",
    async run(context) {
      for (const version of range(1, 5)) {
        const subscription = context.subscriber.subscribe("a");
        await subscription.ready;
        await publishAndSettle(context, "a", [event("a", version)]);
        await subscription.unsubscribe();
        const given = "an event published as soon as ready has resolved";
        check("an event that is published after ready has resolved arrives", {
          given,
          expected: 1,
          actual: subscription.dropped,
        });
      }
    },
  },
  {
    name: "a subscription gets no events that were published before it",
    async run(context) {
      await publishAndSettle(context, "a", events("a", [1, 2]));
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await publishAndSettle(context, "a", [event("a", 3)]);
      await context.subscriber.close();
      const given = "two events published before subscribe, and one after it";
      check("a subscription gets only the events that are published after its call", {
        given,
        expected: [3],
        actual: await remainingVersions(subscription),
      });
    },
  },
  {
    name: "a new event wakes a waiting loop",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      const taking = takeEvents(subscription, 2);
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", [1, 2]));
      const given = "a loop that waits before anything is published";
      check("the loop gets the events", { given, expected: [1, 2], actual: versionsOf(await taking) });
    },
  },
  {
    name: "a subscription has the pattern that it was created with",
    setups: ["one bus"],
    async run({ subscriber }) {
      const made = ["a.b", "a.*", ">"].flatMap((pattern) => [
        subscriber.subscribe(pattern),
        subscriber.subscribe(pattern, () => {}),
      ]);
      const expected = ["a.b", "a.b", "a.*", "a.*", ">", ">"];
      check("pattern equals the argument of subscribe", {
        given: expected,
        expected,
        actual: made.map(({ pattern }) => pattern),
      });
    },
  },
  {
    name: "a subscription can be iterated once",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", [1, 2]));
      const first = subscription[Symbol.asyncIterator]();
      await first.next();
      const given = "a second loop over one subscription";
      const subscriptionUsed = { code: "AETHER_SUBSCRIPTION_USED" } as const;
      await checkRejects(
        "the second loop rejects with SubscriptionUsedError",
        given,
        remainingVersions(subscription),
        subscriptionUsed,
      );
      const { value } = await first.next();
      check("the first loop continues", { given, expected: event("a", 2), actual: value });
    },
  },
  {
    name: "subscriberCount counts the subscriptions of this bus, by pattern and in total",
    async run({ subscriber, publisher }) {
      const counts = (): unknown =>
        [undefined, "a", "a.>", "a.b", "__proto__", "constructor"].map((pattern) =>
          subscriber.subscriberCount(pattern),
        );
      check("a new bus has no subscriptions", { given: "a new bus", expected: [0, 0, 0, 0, 0, 0], actual: counts() });
      const first = subscriber.subscribe("a");
      const [second, third] = [subscriber.subscribe("a"), subscriber.subscribe("a.>", () => {})];
      const given = "two subscriptions to a, and one with a handler to a.>";
      check("a subscription counts immediately, under its own pattern", {
        given,
        expected: [3, 2, 1, 0, 0, 0],
        actual: counts(),
      });
      await first.unsubscribe();
      await first.unsubscribe();
      check("a subscription that has ended does not count", {
        given: "one of the subscriptions to a ended, twice",
        expected: [2, 1, 1, 0, 0, 0],
        actual: counts(),
      });
      await Promise.all([second.unsubscribe(), third.unsubscribe()]);
      check("no subscription remains", {
        given: "all subscriptions ended",
        expected: [0, 0, 0, 0, 0, 0],
        actual: counts(),
      });
      if (publisher === subscriber) return;
      subscriber.subscribe("a");
      const elsewhere = "a subscription of another bus";
      check("subscriptions of other buses do not count", {
        given: elsewhere,
        expected: 0,
        actual: publisher.subscriberCount(),
      });
    },
  },
  {
    name: "leaving the for await loop ends the subscription and counts the remaining events as dropped",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", range(1, 5)));
      for await (const { version } of subscription) if (version === 2) break;
      const given = "a for await loop over five events, with a break at the second";
      check("leaving the for await loop ends the subscription", {
        given,
        expected: 0,
        actual: context.subscriber.subscriberCount(),
      });
      check("the remaining events are counted as dropped", {
        given,
        expected: 3,
        actual: subscription.dropped,
      });
    },
  },
  {
    name: "an error in the loop body ends the subscription",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", [1, 2]));
      const mine = new Error("mine");
      let seen: unknown;
      try {
        for await (const _ of subscription) throw mine;
      } catch (error) {
        seen = error;
      }
      const given = "a loop whose body throws";
      check("the error from the loop body is thrown unchanged", { given, expected: mine, actual: seen });
      check("an error in the loop body ends the subscription", {
        given,
        expected: 0,
        actual: context.subscriber.subscriberCount(),
      });
    },
  },
  {
    name: "unsubscribe discards and counts the buffered events",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", range(1, 5)));
      await subscription.unsubscribe();
      await publishAndSettle(context, "a", [event("a", 6)]);
      await subscription.unsubscribe();
      const given = "five events, unsubscribe, another event, unsubscribe";
      check("no event remains after unsubscribe", {
        given,
        expected: [],
        actual: await remainingVersions(subscription),
      });
      check("the discarded events are counted as dropped, once", { given, expected: 5, actual: subscription.dropped });
      check("no subscription remains", { given, expected: 0, actual: context.subscriber.subscriberCount("a") });
    },
  },
  {
    name: "unsubscribe ends a waiting loop",
    async run({ subscriber }) {
      const subscription = subscriber.subscribe("a");
      await subscription.ready;
      const reading = remainingVersions(subscription);
      await subscription.unsubscribe();
      check("the waiting loop ends", { given: "a waiting loop", expected: [], actual: await reading });
    },
  },
  {
    name: "disposing a subscription ends it",
    async run({ subscriber }) {
      const subscription = subscriber.subscribe("a");
      const handling = subscriber.subscribe("b", () => {});
      await subscription[Symbol.asyncDispose]();
      await handling[Symbol.asyncDispose]();
      const given = "both kinds of subscription, disposed";
      check("disposing a subscription ends it", { given, expected: 0, actual: subscriber.subscriberCount() });
    },
  },
  {
    name: "ready settles even if the subscription ends first",
    async run({ subscriber }) {
      const subscription = subscriber.subscribe("a");
      const { ready } = subscription;
      await subscription.unsubscribe();
      await Promise.allSettled([ready, subscription.ready]);
    },
  },
]);
