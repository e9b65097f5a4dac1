import type { EventSubscription, SubscribeOptions } from "@aether/core";
import { check, checkRejects } from "../checks/check.ts";
import { event, events, range, versionsOf } from "../samples/events.ts";
import { type BusCase, type BusCaseContext, busCaseGroup } from "../suite/bus-case.ts";
import { Gate, listen, rest, send, take } from "./receiving.ts";

const given = "five events for a buffer of three";

async function flooded(context: BusCaseContext, options: SubscribeOptions = {}): Promise<EventSubscription> {
  const subscription = context.subscriber.subscribe("a", { bufferSize: 3, ...options });
  await subscription.ready;
  await send(context, "a", events("a", range(1, 5)));
  return subscription;
}

export const overflow: readonly BusCase[] = busCaseGroup("overflow", [
  {
    name: "drops the oldest by default, and counts",
    async run(context) {
      const subscription = await flooded(context);
      check("what did not fit is counted", { given, expected: 2, actual: subscription.dropped });
      await context.subscriber.close();
      check("the newest are left", { given, expected: [3, 4, 5], actual: await rest(subscription) });
    },
  },
  {
    name: "drops the newest if asked to, and counts",
    async run(context) {
      const subscription = await flooded(context, { overflow: "drop-newest" });
      check("what did not fit is counted", { given, expected: 2, actual: subscription.dropped });
      await context.subscriber.close();
      check("the oldest are left", { given, expected: [1, 2, 3], actual: await rest(subscription) });
    },
  },
  {
    name: "ends the subscription with an error if asked to, behind what did fit",
    async run(context) {
      const subscription = await flooded(context, { overflow: "error" });
      const iterator = subscription[Symbol.asyncIterator]();
      const fitted = [await iterator.next(), await iterator.next(), await iterator.next()].map(({ value }) => value);
      check("what did fit is handed out", { given, expected: events("a", [1, 2, 3]), actual: fitted });
      const expected = { code: "AETHER_SUBSCRIPTION_OVERFLOW", pattern: "a", bufferSize: 3 } as const;
      await checkRejects("then comes a SubscriptionOverflowError", given, iterator.next(), expected);
      check("the subscription has ended", { given, expected: 0, actual: context.subscriber.subscriberCount() });
      check("what did not fit is counted", { given, expected: 1, actual: subscription.dropped });
    },
  },
  {
    name: "ends nobody else's subscription",
    async run(context) {
      const calm = context.subscriber.subscribe("a");
      await calm.ready;
      await flooded(context, { overflow: "error" });
      await send(context, "a", [event("a", 6)]);
      await context.subscriber.close();
      const next = "a subscription that overflows and ends, beside one that does not";
      check("others go on", { given: next, expected: range(1, 6), actual: await rest(calm) });
    },
  },
  {
    name: "begins behind 1,024 events where nothing is said",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await Promise.all(events("a", range(1, 1_030)).map((one) => context.publisher.publish("a", one)));
      await context.settle();
      const burst = "1,030 events for a subscription that says nothing of its buffer";
      check("1,024 wait, the others are dropped", { given: burst, expected: 6, actual: subscription.dropped });
    },
  },
  {
    name: "does not come before the buffer is full, however large it is",
    async run(context) {
      const subscription = context.subscriber.subscribe("a", { bufferSize: 3_000, overflow: "error" });
      await subscription.ready;
      await Promise.all(events("a", range(1, 3_000)).map((one) => context.publisher.publish("a", one)));
      await context.settle();
      await context.subscriber.close();
      const burst = "3,000 events for a buffer of 3,000";
      check("all of them wait", { given: burst, expected: range(1, 3_000), actual: await rest(subscription) });
    },
  },
  {
    name: "is over when the loop has caught up",
    async run(context) {
      const subscription = await flooded(context);
      const iterator = subscription[Symbol.asyncIterator]();
      for (const _ of range(1, 3)) await iterator.next();
      await send(context, "a", events("a", [6, 7]));
      const taken = [await iterator.next(), await iterator.next()].map(({ value }) => value);
      const later = `${given}, all taken, and two more`;
      check("what fits again arrives", { given: later, expected: events("a", [6, 7]), actual: taken });
      check("nothing more is dropped", { given: later, expected: 2, actual: subscription.dropped });
    },
  },
  {
    name: "of a handler that is stuck is counted, too",
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
        await send(context, "a", [event("a", 1)]);
        await context.waitFor("the first event", () => handled.length > 0);
        await send(context, "a", events("a", range(2, 6)));
        const flood = { options, events: "one in the handler, and five" };
        check("what did not fit is counted", { given: flood, expected: 2, actual: stuck.dropped });
        gate.open();
        await context.waitFor("four events", () => handled.length >= 4);
        const expected = policy === "drop-oldest" ? [1, 4, 5, 6] : [1, 2, 3, 4];
        check("the others are handled", { given: flood, expected, actual: handled });
        await stuck.unsubscribe();
      }
    },
  },
  {
    name: "with an error ends a handler's subscription behind what did fit",
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
      await send(context, "a", [event("a", 1)]);
      await context.waitFor("the first event", () => handled.length > 0);
      await send(context, "a", events("a", range(2, 5)));
      const flood = "one event in the handler, and four for a buffer of two";
      check("the subscription has ended", { given: flood, expected: 0, actual: context.subscriber.subscriberCount() });
      gate.open();
      await context.waitFor("three events", () => handled.length >= 3);
      check("what did fit is handled", { given: flood, expected: [1, 2, 3], actual: handled });
      check("what did not is counted, until it ended", { given: flood, expected: 1, actual: stuck.dropped });
    },
  },
  {
    name: "of one subscription is nobody else's: neither the publisher nor others wait or lose",
    async run(context) {
      const stuck = context.subscriber.subscribe("a", { bufferSize: 2 });
      await stuck.ready;
      const heard = await listen(context.subscriber, "a");
      const calm = context.subscriber.subscribe("a");
      await calm.ready;
      await send(context, "a", events("a", range(1, 200)));
      await context.waitFor("200 events", () => heard.versions.length >= 200);
      const beside = "a loop that takes nothing, beside a handler and another loop";
      const expected = range(1, 200);
      check("a handler gets every event", { given: beside, expected, actual: heard.versions });
      check("a loop gets every event", { given: beside, expected, actual: versionsOf(await take(calm, 200)) });
      check("what was lost is counted where it was lost", {
        given: beside,
        expected: [198, 0],
        actual: [stuck.dropped, calm.dropped],
      });
    },
  },
]);
