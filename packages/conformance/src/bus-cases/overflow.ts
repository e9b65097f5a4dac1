import type { EventSubscription, SubscribeOptions } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { event, events, range, versionsOf } from "../samples/events.ts";
import { type BusCase, type BusCaseContext, busCaseGroup } from "../suite/bus-case.ts";
import { Gate } from "./gate.ts";
import { publishAndSettle } from "./publishing.ts";
import { recordVersions, remainingVersions, takeEvents } from "./receiving.ts";

const given = "five events for a buffer of three";

async function flooded(context: BusCaseContext, options: SubscribeOptions = {}): Promise<EventSubscription> {
  const subscription = context.subscriber.subscribe("a", { bufferSize: 3, ...options });
  await subscription.ready;
  await publishAndSettle(context, "a", events("a", range(1, 5)));
  return subscription;
}

export const overflow: readonly BusCase[] = busCaseGroup("overflow", [
  {
    name: "by default, the oldest events are dropped and counted",
    async run(context) {
      const subscription = await flooded(context);
      check("the events that do not fit are counted as dropped", { given, expected: 2, actual: subscription.dropped });
      await context.subscriber.close();
      check("the newest events remain in the buffer", {
        given,
        expected: [3, 4, 5],
        actual: await remainingVersions(subscription),
      });
    },
  },
  {
    name: "with the policy drop-newest, the newest events are dropped and counted",
    async run(context) {
      const subscription = await flooded(context, { overflow: "drop-newest" });
      check("the events that do not fit are counted as dropped", { given, expected: 2, actual: subscription.dropped });
      await context.subscriber.close();
      check("the oldest events remain in the buffer", {
        given,
        expected: [1, 2, 3],
        actual: await remainingVersions(subscription),
      });
    },
  },
  {
    name: "with the policy error, a loop rejects with SubscriptionOverflowError after the events that fit",
    async run(context) {
      const subscription = await flooded(context, { overflow: "error" });
      const iterator = subscription[Symbol.asyncIterator]();
      const fitted = [await iterator.next(), await iterator.next(), await iterator.next()].map(({ value }) => value);
      check("a loop gets the events that fit", { given, expected: events("a", [1, 2, 3]), actual: fitted });
      const expected = { code: "AETHER_SUBSCRIPTION_OVERFLOW", pattern: "a", bufferSize: 3 } as const;
      await checkRejects("then the loop rejects with SubscriptionOverflowError", given, iterator.next(), expected);
      check("the subscription has ended", { given, expected: 0, actual: context.subscriber.subscriberCount() });
      check("the events that do not fit are counted as dropped", { given, expected: 1, actual: subscription.dropped });
    },
  },
  {
    name: "with the policy error, unsubscribe discards and counts the events that fit",
    async run(context) {
      const subscription = await flooded(context, { overflow: "error" });
      await subscription.unsubscribe();
      const then = `${given}, then unsubscribe`;
      check("the events that fit are counted as dropped, too", {
        given: then,
        expected: 4,
        actual: subscription.dropped,
      });
    },
  },
  {
    name: "an overflow that ends one subscription does not end others",
    async run(context) {
      const calm = context.subscriber.subscribe("a");
      await calm.ready;
      await flooded(context, { overflow: "error" });
      await publishAndSettle(context, "a", [event("a", 6)]);
      await context.subscriber.close();
      const next = "a subscription that ends because of an overflow, and one that does not";
      check("the other subscription gets every event", {
        given: next,
        expected: range(1, 6),
        actual: await remainingVersions(calm),
      });
    },
  },
  {
    name: "the default buffer holds 1,024 events",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await Promise.all(events("a", range(1, 1_030)).map((each) => context.publisher.publish("a", each)));
      await context.settle();
      const burst = "1,030 events for a subscription with the default buffer";
      check("1,024 events are buffered, the others are dropped", {
        given: burst,
        expected: 6,
        actual: subscription.dropped,
      });
    },
  },
  {
    name: "nothing is dropped before the buffer is full, however large it is",
    async run(context) {
      const subscription = context.subscriber.subscribe("a", { bufferSize: 3_000, overflow: "error" });
      await subscription.ready;
      await Promise.all(events("a", range(1, 3_000)).map((each) => context.publisher.publish("a", each)));
      await context.settle();
      await context.subscriber.close();
      const burst = "3,000 events for a buffer of 3,000";
      check("all events are buffered", {
        given: burst,
        expected: range(1, 3_000),
        actual: await remainingVersions(subscription),
      });
    },
  },
  {
    name: "nothing more is dropped after the loop has caught up",
    async run(context) {
      const subscription = await flooded(context);
      const iterator = subscription[Symbol.asyncIterator]();
      for (const _ of range(1, 3)) await iterator.next();
      await publishAndSettle(context, "a", events("a", [6, 7]));
      const taken = [await iterator.next(), await iterator.next()].map(({ value }) => value);
      const later = `${given}, all taken, then two more`;
      check("events are buffered again", { given: later, expected: events("a", [6, 7]), actual: taken });
      check("nothing more is dropped", { given: later, expected: 2, actual: subscription.dropped });
    },
  },
  {
    name: "events that do not fit into a handler's buffer are dropped and counted",
    async run(context) {
      for (const policy of ["drop-oldest", "drop-newest"] as const) {
        const gate = new Gate();
        const handled: number[] = [];
        const options = { bufferSize: 3, overflow: policy };
        const stuck = context.subscriber.subscribe(
          "a",
          async ({ version }) => {
            handled.push(version);
            await gate.passed;
          },
          options,
        );
        await stuck.ready;
        await publishAndSettle(context, "a", [event("a", 1)]);
        await context.waitFor("the first event", () => handled.length > 0);
        await publishAndSettle(context, "a", events("a", range(2, 6)));
        const flood = { options, events: "one in the handler, then five for the buffer" };
        check("the events that do not fit are counted as dropped", {
          given: flood,
          expected: 2,
          actual: stuck.dropped,
        });
        gate.open();
        await context.waitFor("four events", () => handled.length >= 4);
        const expected = policy === "drop-oldest" ? [1, 4, 5, 6] : [1, 2, 3, 4];
        check("the handler gets the events that were not dropped", { given: flood, expected, actual: handled });
        await stuck.unsubscribe();
      }
    },
  },
  {
    name: "with the policy error, a handler's subscription ends after the events that fit",
    async run(context) {
      const gate = new Gate();
      const handled: number[] = [];
      const stuck = context.subscriber.subscribe(
        "a",
        async ({ version }) => {
          handled.push(version);
          await gate.passed;
        },
        { bufferSize: 2, overflow: "error" },
      );
      await stuck.ready;
      await publishAndSettle(context, "a", [event("a", 1)]);
      await context.waitFor("the first event", () => handled.length > 0);
      await publishAndSettle(context, "a", events("a", range(2, 5)));
      const flood = "one event in the handler, and four for a buffer of two";
      check("the subscription has ended", { given: flood, expected: 0, actual: context.subscriber.subscriberCount() });
      gate.open();
      await context.waitFor("three events", () => handled.length >= 3);
      check("the handler gets the events that fit", { given: flood, expected: [1, 2, 3], actual: handled });
      check("events that do not fit are counted until the subscription has ended", {
        given: flood,
        expected: 1,
        actual: stuck.dropped,
      });
    },
  },
  {
    name: "an overflow affects neither the publisher nor other subscriptions",
    async run(context) {
      const stuck = context.subscriber.subscribe("a", { bufferSize: 2 });
      await stuck.ready;
      const received = await recordVersions(context.subscriber, "a");
      const calm = context.subscriber.subscribe("a");
      await calm.ready;
      await publishAndSettle(context, "a", events("a", range(1, 200)));
      await context.waitFor("200 events", () => received.length >= 200);
      const beside = "a loop that takes no events, next to a handler and another loop";
      const expected = range(1, 200);
      check("the handler gets every event", { given: beside, expected, actual: received });
      check("the other loop gets every event", {
        given: beside,
        expected,
        actual: versionsOf(await takeEvents(calm, 200)),
      });
      check("each subscription counts its own dropped events", {
        given: beside,
        expected: [198, 0],
        actual: [stuck.dropped, calm.dropped],
      });
    },
  },
]);
