import { check, checkRejectsWith, checkThrowsWith, outcomeOf } from "../checks/check.ts";
import { event, events } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { listen, rest, send } from "./receiving.ts";

const reasons: readonly unknown[] = [new Error("enough"), "a text"];

export const signals: readonly BusCase[] = busCaseGroup("signals", [
  {
    name: "an aborted one rejects a publish with its reason, and nothing is published",
    async run(context) {
      const everything = context.subscriber.subscribe(">");
      await everything.ready;
      for (const reason of reasons) {
        const call = context.publisher.publish("a", event("a", 1), { signal: AbortSignal.abort(reason) });
        await checkRejectsWith("publish rejects with signal.reason itself", { reason }, call, reason);
      }
      await send(context, "a", [event("a", 2)]);
      await context.subscriber.close();
      const given = "two publishes with an aborted signal, then one without";
      check("nothing was published", { given, expected: [2], actual: await rest(everything) });
    },
  },
  {
    name: "one that is aborted later, or never, changes nothing of a publish",
    async run(context) {
      const heard = await listen(context.subscriber, "a");
      const controller = new AbortController();
      await context.publisher.publish("a", event("a", 1), { signal: controller.signal });
      controller.abort(new Error("too late"));
      await context.publisher.publish("a", event("a", 2), {});
      await context.settle();
      await context.waitFor("two events", () => heard.versions.length >= 2);
      const given = "a publish whose signal is aborted behind it";
      check("the event arrives", { given, expected: [1, 2], actual: heard.versions });
    },
  },
  {
    name: "a publish that is aborted on its way rejects with the reason, or is published",
    async run(context) {
      const heard = await listen(context.subscriber, "a");
      const reason = new Error("enough");
      const controller = new AbortController();
      const publishing = context.publisher.publish("a", event("a", 1), { signal: controller.signal });
      controller.abort(reason);
      const outcome = await outcomeOf(publishing);
      await send(context, "a", [event("a", 2)]);
      await context.waitFor("the event behind it", () => heard.versions.includes(2));
      const given = "a signal that is aborted after the call of publish";
      if (outcome.status === "rejected") {
        await checkRejectsWith("publish rejects with signal.reason itself", given, publishing, reason);
      } else {
        check("a publish that resolves has published", { given, expected: [1, 2], actual: heard.versions });
      }
    },
  },
  {
    name: "an aborted one keeps subscribe from subscribing",
    setups: ["one bus"],
    async run({ subscriber }) {
      for (const reason of reasons) {
        const options = { signal: AbortSignal.abort(reason) };
        const promise = "subscribe throws signal.reason itself";
        checkThrowsWith(promise, { reason }, () => subscriber.subscribe("a", options), reason);
        checkThrowsWith(promise, { reason, handler: true }, () => subscriber.subscribe("a", () => {}, options), reason);
      }
      const given = "subscribe with an aborted signal";
      check("nothing is subscribed", { given, expected: 0, actual: subscriber.subscriberCount() });
    },
  },
  {
    name: "end a loop that waits with the reason",
    async run({ subscriber }) {
      const reason = new Error("enough");
      const controller = new AbortController();
      const subscription = subscriber.subscribe("a", { signal: controller.signal });
      await subscription.ready;
      const reading = rest(subscription);
      controller.abort(reason);
      await checkRejectsWith("the loop gets signal.reason itself", "a loop that waits", reading, reason);
      const given = "a signal that was aborted";
      check("nobody subscribes", { given, expected: 0, actual: subscriber.subscriberCount() });
    },
  },
  {
    name: "discard what waits for a loop, and count it",
    async run(context) {
      const reason = new Error("enough");
      const controller = new AbortController();
      const subscription = context.subscriber.subscribe("a", { signal: controller.signal });
      await subscription.ready;
      await send(context, "a", events("a", [1, 2, 3]));
      controller.abort(reason);
      await send(context, "a", [event("a", 4)]);
      const given = "three events, the abort, another event, and then the loop";
      check("what waited is counted", { given, expected: 3, actual: subscription.dropped });
      await checkRejectsWith("the loop gets the reason and no event", given, rest(subscription), reason);
    },
  },
  {
    name: "end a subscription with a handler",
    async run(context) {
      const controller = new AbortController();
      const witness = await listen(context.subscriber, "a");
      const heard = await listen(context.subscriber, "a", { signal: controller.signal });
      await send(context, "a", [event("a", 1)]);
      await context.waitFor("the first event", () => heard.versions.length > 0);
      controller.abort();
      await send(context, "a", [event("a", 2)]);
      await context.waitFor("the second event", () => witness.versions.length > 1);
      const given = "a signal that is aborted between two events";
      check("the handler is not called any more", { given, expected: [1], actual: heard.versions });
      check("it does not subscribe any more", { given, expected: 1, actual: context.subscriber.subscriberCount() });
    },
  },
  {
    name: "mean nothing to a subscription that has ended",
    async run({ subscriber }) {
      const controller = new AbortController();
      const subscription = subscriber.subscribe("a", { signal: controller.signal });
      await subscription.ready;
      await subscription.unsubscribe();
      controller.abort(new Error("too late"));
      const given = "unsubscribe, then the abort";
      check("its loop just ends", { given, expected: [], actual: await rest(subscription) });
    },
  },
]);
