import { check, checkRejectsWith, checkThrowsWith, outcomeOf } from "../checks/check.ts";
import { event, events } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { publishAndSettle } from "./publishing.ts";
import { recordVersions, remainingVersions } from "./receiving.ts";

const reasons: readonly unknown[] = [new Error("enough"), "a text"];

export const signals: readonly BusCase[] = busCaseGroup("signals", [
  {
    name: "publish with an aborted signal rejects with the signal's reason and publishes nothing",
    async run(context) {
      const everything = context.subscriber.subscribe(">");
      await everything.ready;
      for (const reason of reasons) {
        const call = context.publisher.publish("a", event("a", 1), { signal: AbortSignal.abort(reason) });
        await checkRejectsWith("publish rejects with signal.reason itself", { reason }, call, reason);
      }
      await publishAndSettle(context, "a", [event("a", 2)]);
      await context.subscriber.close();
      const given = "two publishes with an aborted signal, then one without";
      check("a rejected publish delivers nothing", {
        given,
        expected: [2],
        actual: await remainingVersions(everything),
      });
    },
  },
  {
    name: "a signal that is never aborted, or only after publish has resolved, changes nothing",
    async run(context) {
      const received = await recordVersions(context.subscriber, "a");
      const controller = new AbortController();
      await context.publisher.publish("a", event("a", 1), { signal: controller.signal });
      controller.abort(new Error("too late"));
      await context.publisher.publish("a", event("a", 2), {});
      await context.settle();
      await context.waitFor("two events", () => received.length >= 2);
      const given = "a publish whose signal is aborted afterwards";
      check("both events arrive", { given, expected: [1, 2], actual: received });
    },
  },
  {
    name: "a publish that is aborted in flight rejects with the reason, or delivers the event",
    async run(context) {
      const received = await recordVersions(context.subscriber, "a");
      const reason = new Error("enough");
      const controller = new AbortController();
      const publishing = context.publisher.publish("a", event("a", 1), { signal: controller.signal });
      controller.abort(reason);
      const outcome = await outcomeOf(publishing);
      await publishAndSettle(context, "a", [event("a", 2)]);
      await context.waitFor("the next event", () => received.includes(2));
      const given = "a signal that is aborted after the call to publish";
      if (outcome.status === "rejected") {
        await checkRejectsWith("publish rejects with signal.reason itself", given, publishing, reason);
      } else {
        check("a publish that resolves delivers the event", { given, expected: [1, 2], actual: received });
      }
    },
  },
  {
    name: "subscribe with an aborted signal throws the signal's reason and adds no subscription",
    setups: ["one bus"],
    async run({ subscriber }) {
      for (const reason of reasons) {
        const options = { signal: AbortSignal.abort(reason) };
        const guarantee = "subscribe throws signal.reason itself";
        checkThrowsWith(guarantee, { reason }, () => subscriber.subscribe("a", options), reason);
        checkThrowsWith(
          guarantee,
          { reason, handler: true },
          () => subscriber.subscribe("a", () => {}, options),
          reason,
        );
      }
      const given = "subscribe with an aborted signal";
      check("a subscribe that throws adds no subscription", {
        given,
        expected: 0,
        actual: subscriber.subscriberCount(),
      });
    },
  },
  {
    name: "aborting the signal ends a waiting loop with the reason",
    async run({ subscriber }) {
      const reason = new Error("enough");
      const controller = new AbortController();
      const subscription = subscriber.subscribe("a", { signal: controller.signal });
      await subscription.ready;
      const reading = remainingVersions(subscription);
      controller.abort(reason);
      await checkRejectsWith("the loop rejects with signal.reason itself", "a waiting loop", reading, reason);
      const given = "a signal that is aborted while a loop waits";
      check("no subscription remains", { given, expected: 0, actual: subscriber.subscriberCount() });
    },
  },
  {
    name: "aborting the signal discards the buffered events of a loop, and counts them",
    async run(context) {
      const reason = new Error("enough");
      const controller = new AbortController();
      const subscription = context.subscriber.subscribe("a", { signal: controller.signal });
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", [1, 2, 3]));
      controller.abort(reason);
      await publishAndSettle(context, "a", [event("a", 4)]);
      const given = "three events, the abort, another event, and then the loop";
      check("the discarded events are counted as dropped", { given, expected: 3, actual: subscription.dropped });
      await checkRejectsWith(
        "the loop rejects with the reason and gets no event",
        given,
        remainingVersions(subscription),
        reason,
      );
    },
  },
  {
    name: "aborting the signal ends a subscription with a handler",
    async run(context) {
      const controller = new AbortController();
      const witness = await recordVersions(context.subscriber, "a");
      const received = await recordVersions(context.subscriber, "a", { signal: controller.signal });
      await publishAndSettle(context, "a", [event("a", 1)]);
      await context.waitFor("the first event", () => received.length > 0);
      controller.abort();
      await publishAndSettle(context, "a", [event("a", 2)]);
      await context.waitFor("the second event", () => witness.length > 1);
      const given = "a signal that is aborted between two events";
      check("the handler is not called after the abort", { given, expected: [1], actual: received });
      check("only the other subscription remains", {
        given,
        expected: 1,
        actual: context.subscriber.subscriberCount(),
      });
    },
  },
  {
    name: "aborting the signal of a subscription that has ended changes nothing",
    async run({ subscriber }) {
      const controller = new AbortController();
      const subscription = subscriber.subscribe("a", { signal: controller.signal });
      await subscription.ready;
      await subscription.unsubscribe();
      controller.abort(new Error("too late"));
      const given = "unsubscribe, then the abort";
      check("the loop ends without an error", { given, expected: [], actual: await remainingVersions(subscription) });
    },
  },
]);
