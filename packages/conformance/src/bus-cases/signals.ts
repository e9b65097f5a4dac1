import type { CallOptions } from "@aether/core";
import { check, checkRejects, checkRejectsWith, checkThrowsWith, outcomeOf } from "../checks/check.ts";
import { nextTurn } from "../checks/next-turn.ts";
import { event, events } from "../samples/events.ts";
import { watchedSignal } from "../samples/watched-signal.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { publishAndSettle } from "./publishing.ts";
import { recordVersions, remainingVersions } from "./receiving.ts";

const reasons: readonly unknown[] = [new Error("enough"), "a text", "", 0, false, null];

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
      const given = "publishes with an aborted signal, then one without";
      check("a rejected publish delivers nothing", {
        given,
        expected: [2],
        actual: await remainingVersions(everything),
      });
    },
  },
  {
    name: "publish rejects a signal that is not an AbortSignal, and publishes nothing",
    async run(context) {
      const everything = context.subscriber.subscribe(">");
      await everything.ready;
      const invalidArgument = { code: "AETHER_INVALID_ARGUMENT" } as const;
      const guarantee = "publish rejects with InvalidArgumentError";
      for (const signal of ["now", {}, 7, true, new AbortController()]) {
        const call = context.publisher.publish("a", event("a", 1), { signal: signal as AbortSignal });
        await checkRejects(guarantee, { signal }, call, invalidArgument);
      }
      for (const options of [null, 7, "text", true] as unknown as readonly CallOptions[]) {
        await checkRejects(
          guarantee,
          { options },
          context.publisher.publish("a", event("a", 1), options),
          invalidArgument,
        );
      }
      await publishAndSettle(context, "a", [event("a", 2)]);
      await context.subscriber.close();
      const given = "publishes with a signal that is not an AbortSignal, then one without";
      const actual = await remainingVersions(everything);
      check("a rejected publish delivers nothing", { given, expected: [2], actual });
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
    name: "a publish that has settled leaves no listener on its signal",
    async run({ publisher, subscriber }) {
      await recordVersions(subscriber, "a");
      const calls: Readonly<Record<string, (options: CallOptions) => Promise<void>>> = {
        "a publish that resolves": (options) => publisher.publish("a", event("a", 1), options),
        "a publish without subscribers": (options) => publisher.publish("b", event("a", 1), options),
        "a publish of an invalid event": (options) => publisher.publish("a", event("a", 0), options),
        "a publish to an invalid namespace": (options) => publisher.publish("a.*", event("a", 1), options),
        "a subscribe that throws": async (options) => void subscriber.subscribe("a..b", options),
        "a publish on a closed bus": async (options) => {
          await publisher.close();
          await publisher.publish("a", event("a", 1), options);
        },
        "a subscribe on a closed bus": async (options) => {
          await subscriber.close();
          subscriber.subscribe("a", options);
        },
      };
      for (const [given, call] of Object.entries(calls)) {
        const { signal, listeners } = watchedSignal();
        await outcomeOf(call({ signal }));
        await nextTurn();
        check("no listener is left on the signal", { given, expected: 0, actual: listeners() });
      }
    },
  },
  {
    name: "the options of publish are read when it is called",
    async run(context) {
      const received = await recordVersions(context.subscriber, "a");
      const controller = new AbortController();
      const options = Object.freeze({ signal: controller.signal });
      const changed: { signal?: AbortSignal } = {};
      const publishing = [1, 2].map((version) => context.publisher.publish("a", event("a", version), options));
      publishing.push(context.publisher.publish("a", event("a", 3), changed));
      changed.signal = AbortSignal.abort();
      await Promise.all(publishing);
      await context.settle();
      await context.waitFor("three events", () => received.length >= 3);
      const given = "frozen options for two calls, and options to which an aborted signal is added after the call";
      check("all events arrive", { given, expected: [1, 2, 3], actual: received });
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
      for (const reason of reasons) {
        const controller = new AbortController();
        const subscription = subscriber.subscribe("a", { signal: controller.signal });
        await subscription.ready;
        const reading = remainingVersions(subscription);
        controller.abort(reason);
        const guarantee = "the loop rejects with signal.reason itself";
        await checkRejectsWith(guarantee, { given: "a waiting loop", reason }, reading, reason);
      }
      const given = "signals that are aborted while a loop waits";
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
  {
    name: "aborting the signal of a subscription whose bus is closed changes nothing",
    async run(context) {
      const controller = new AbortController();
      const subscription = context.subscriber.subscribe("a", { signal: controller.signal });
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", [1, 2]));
      await context.subscriber.close();
      controller.abort(new Error("too late"));
      const given = "two buffered events, close(), then the abort";
      const actual = await remainingVersions(subscription);
      check("the loop gets the buffered events and ends without an error", { given, expected: [1, 2], actual });
    },
  },
]);
