import type { Event, Subscription } from "@aether/core";
import { check } from "../checks/check.ts";
import { nextTurn } from "../checks/next-turn.ts";
import { event, events, range, versionsOf } from "../samples/events.ts";
import { watchedSignal } from "../samples/watched-signal.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { Gate } from "./gate.ts";
import { publishAndSettle } from "./publishing.ts";
import { recordVersions, remainingVersions } from "./receiving.ts";
import { endable, reason, waysToEnd } from "./ways-to-end.ts";

const kinds = ["loop", "handler"] as const;

export const endings: readonly BusCase[] = busCaseGroup("endings", [
  {
    name: "a subscription that ends before it is ready stays ended, however it ends",
    async run(context) {
      const { subscriber } = context;
      const ended = kinds.flatMap((kind) => waysToEnd.map((way) => ({ kind, way, each: endable(context, kind, "a") })));
      for (const { way, each } of ended) await way.end(each);
      const left = subscriber.subscribe("a");
      await left[Symbol.asyncIterator]().return?.();
      const given = "subscriptions that end in the turn in which they were made";
      const count = { given, expected: 0, actual: subscriber.subscriberCount() };
      check("a subscription that has ended does not count", count);
      await Promise.allSettled([left.ready, ...ended.map(({ each }) => each.subscription.ready)]);
      await publishAndSettle(context, "a", [event("a", 1)]);
      await subscriber.publish("a", event("a", 2));
      const witness = await recordVersions(subscriber, "a");
      await publishAndSettle(context, "a", [event("a", 3)]);
      await context.waitFor("the event", () => witness.length > 0);
      for (const { kind, way, each } of ended) {
        const ending = { subscription: kind, endedBefore: "it was ready", by: way.name };
        const actual = { handled: each.handled, dropped: each.subscription.dropped };
        const guarantee = "a subscription that has ended before it was ready gets no event and drops none";
        check(guarantee, { given: ending, expected: { handled: [], dropped: 0 }, actual });
      }
      check("a subscription that has ended does not count again later", {
        given: `${given}, then a handler`,
        expected: 1,
        actual: subscriber.subscriberCount(),
      });
    },
  },
  {
    name: "ready settles if the subscription ends first, however it ends, and its rejection may be ignored",
    async run(context) {
      for (const kind of kinds) {
        for (const way of waysToEnd) {
          const [ignored, awaited] = [endable(context, kind, "a"), endable(context, kind, "a")];
          const { ready } = awaited.subscription;
          await Promise.all([way.end(ignored), way.end(awaited)]);
          await Promise.allSettled([ready, awaited.subscription.ready]);
        }
      }
      const closing = kinds.map((kind) => endable(context, kind, "a").subscription);
      const { ready } = endable(context, "loop", "a").subscription;
      await context.subscriber.close();
      await Promise.allSettled([ready, ...closing.map((each) => each.ready)]);
    },
  },
  {
    name: "a subscription that ends before it is ready does not affect others to the same pattern",
    async run(context) {
      for (const [index, way] of waysToEnd.entries()) {
        const pattern = `a${index}.*`;
        const [before, ending, after] = [0, 1, 2].map(() => endable(context, "loop", pattern));
        if (before === undefined || ending === undefined || after === undefined) return;
        await way.end(ending);
        const later = endable(context, "handler", pattern);
        await Promise.all([before, after, later].map(({ subscription }) => subscription.ready));
        await publishAndSettle(context, `a${index}.b`, events("a", [1, 2]));
        await context.waitFor("two events", () => later.handled.length >= 2);
        const given = { pattern, subscriptions: 4, secondEndedBeforeItWasReadyBy: way.name };
        const guarantee = "the other subscriptions to the pattern get every event";
        check(guarantee, { given, expected: [1, 2], actual: later.handled });
        for (const { subscription, loop } of [before, after]) {
          const iterator = loop?.[Symbol.asyncIterator]();
          const actual = [(await iterator?.next())?.value?.version, (await iterator?.next())?.value?.version];
          check(guarantee, { given, expected: [1, 2], actual });
          await subscription.unsubscribe();
          check("an event is delivered once", { given, expected: 0, actual: subscription.dropped });
        }
      }
    },
  },
  {
    name: "a loop that has taken some events gets no more after its subscription has ended",
    async run(context) {
      const leaving = { name: "leaving the loop", end: async () => {} };
      for (const way of [...waysToEnd, leaving]) {
        for (const taken of [1, 4]) {
          const { subscription, loop, signal } = endable(context, "loop", "a");
          await subscription.ready;
          await publishAndSettle(context, "a", events("a", range(1, 5)));
          const iterator = loop?.[Symbol.asyncIterator]();
          const got: unknown[] = [];
          while (got.length < taken) got.push((await iterator?.next())?.value?.version);
          if (way === leaving) await iterator?.return?.();
          else await way.end({ subscription, signal });
          await publishAndSettle(context, "a", [event("a", 6)]);
          const given = { events: 5, taken, endedBy: way.name };
          check("a loop takes the events in order", { given, expected: range(1, taken), actual: got });
          check("the events that the loop has not taken are counted as dropped", {
            given,
            expected: 5 - taken,
            actual: subscription.dropped,
          });
          const [next] = await Promise.allSettled([iterator?.next()]);
          const actual = next.status === "rejected" ? next.reason : next.value;
          const expected = way.name === "aborting its signal" ? reason : { done: true, value: undefined };
          check("the loop gets no event after its subscription has ended", { given, expected, actual });
          const end = { given, expected: { done: true, value: undefined }, actual: await iterator?.next() };
          check("the loop has ended", end);
          for (const again of waysToEnd) await again.end({ subscription, signal });
          check("a subscription that is ended again drops nothing more", {
            given,
            expected: 5 - taken,
            actual: subscription.dropped,
          });
        }
      }
    },
  },
  {
    name: "the events that wait for a handler are discarded and counted, however the subscription ends",
    async run(context) {
      for (const way of waysToEnd) {
        const gate = new Gate();
        const handled: number[] = [];
        const signal = watchedSignal();
        const stuck = async ({ version }: Event): Promise<void> => {
          handled.push(version);
          await gate.passed;
        };
        const subscription = context.subscriber.subscribe("a", stuck, { signal: signal.signal });
        await subscription.ready;
        await publishAndSettle(context, "a", events("a", range(1, 5)));
        await context.waitFor("the first event", () => handled.length > 0);
        await way.end({ subscription, signal });
        gate.open();
        await publishAndSettle(context, "a", [event("a", 6)]);
        await nextTurn();
        const given = { events: 5, handler: "stuck at the first event", endedBy: way.name };
        check("the handler is not called after the subscription has ended", { given, expected: [1], actual: handled });
        check("the events that wait for the handler are counted as dropped", {
          given,
          expected: 4,
          actual: subscription.dropped,
        });
      }
    },
  },
  {
    name: "a handler is not called after another handler has ended its subscription",
    async run(context) {
      for (const way of waysToEnd) {
        const witness = await recordVersions(context.subscriber, "a");
        const calls: string[] = [];
        const rivals = ["first", "second", "third"].map((name) => {
          const signal = watchedSignal();
          const endOthers = (): void => {
            calls.push(name);
            for (const each of rivals) if (each.name !== name) void way.end(each);
          };
          const subscription: Subscription = context.subscriber.subscribe("a", endOthers, { signal: signal.signal });
          return { name, signal, subscription };
        });
        await Promise.all(rivals.map(({ subscription }) => subscription.ready));
        await publishAndSettle(context, "a", events("a", [1, 2]));
        await context.waitFor("two events", () => witness.length >= 2 && calls.length >= 2);
        await nextTurn();
        const given = { handlers: "three, each of which ends the others", by: way.name, events: 2 };
        const guarantee = "only the handler that was called first is called again";
        check(guarantee, { given, expected: [calls[0], calls[0]], actual: calls });
        await Promise.all(rivals.map(({ subscription }) => subscription.unsubscribe()));
      }
    },
  },
  {
    name: "a signal ends all subscriptions that were created with it, and no others",
    async run(context) {
      const { subscriber } = context;
      const { signal, abort } = watchedSignal();
      const handled: number[] = [];
      const handler = ({ version }: Event): void => void handled.push(version);
      const early = subscriber.subscribe("a", { signal });
      const loops = [subscriber.subscribe("a", { signal }), subscriber.subscribe("b.>", { signal })];
      const handling = subscriber.subscribe("a", handler, { signal });
      const other = subscriber.subscribe("a", { signal: new AbortController().signal });
      await Promise.all([early, ...loops, handling, other].map(({ ready }) => ready));
      await early.unsubscribe();
      await publishAndSettle(context, "a", [event("a", 1)]);
      await context.waitFor("the first event", () => handled.length > 0);
      abort(reason);
      await publishAndSettle(context, "a", [event("a", 2)]);
      const given =
        "one signal for four subscriptions, one of which ends before the abort, and another signal for a fifth";
      const open = { given, expected: 1, actual: subscriber.subscriberCount() };
      check("the abort ends every subscription with this signal", open);
      check("the handler is not called after the abort", { given, expected: [1], actual: handled });
      for (const loop of loops) {
        const [outcome] = await Promise.allSettled([remainingVersions(loop)]);
        const actual = outcome.status === "rejected" ? outcome.reason : outcome.value;
        check("every loop rejects with the reason", { given, expected: reason, actual });
      }
      await subscriber.close();
      const actual = await remainingVersions(other);
      check("a subscription with another signal gets every event", { given, expected: [1, 2], actual });
    },
  },
  {
    name: "a subscription that has ended leaves no listener on its signal",
    async run(context) {
      const { subscriber } = context;
      const guarantee = "no listener is left on the signal";
      const checkNone = async (given: unknown, listeners: () => number): Promise<void> => {
        await nextTurn();
        check(guarantee, { given, expected: 0, actual: listeners() });
      };
      for (const kind of kinds) {
        for (const way of waysToEnd.filter(({ name }) => name !== "aborting its signal")) {
          for (const isReady of [false, true]) {
            const ending = endable(context, kind, "a");
            if (isReady) await ending.subscription.ready;
            await way.end(ending);
            await checkNone({ subscription: kind, isReady, endedBy: way.name }, ending.signal.listeners);
          }
        }
      }
      const left = endable(context, "loop", "a");
      await left.loop?.[Symbol.asyncIterator]().return?.();
      await checkNone("a loop that was left", left.signal.listeners);
      const full = watchedSignal();
      const options = { signal: full.signal, bufferSize: 1, overflow: "error" } as const;
      const overflowing = subscriber.subscribe("a", options);
      await overflowing.ready;
      await publishAndSettle(context, "a", events("a", [1, 2]));
      await checkNone("a subscription that has ended because of an overflow", full.listeners);
      const closing = kinds.map((kind) => endable(context, kind, "a"));
      await subscriber.close();
      for (const each of closing) await checkNone("a subscription whose bus was closed", each.signal.listeners);
    },
  },
  {
    name: "leaving a loop ends the calls to next that wait",
    async run({ subscriber }) {
      const iterator = subscriber.subscribe("a")[Symbol.asyncIterator]();
      const waiting = [iterator.next(), iterator.next()];
      await iterator.return?.();
      const done = { done: true, value: undefined };
      check("the calls to next end", {
        given: "next(), next(), return()",
        expected: [done, done],
        actual: await Promise.all(waiting),
      });
      check("the subscription has ended", { given: "return()", expected: 0, actual: subscriber.subscriberCount() });
    },
  },
  {
    name: "several calls to next get different events, in order",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      const iterator = subscription[Symbol.asyncIterator]();
      const requested = range(1, 4).map(() => iterator.next());
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", [1, 2, 3]));
      const got = await Promise.all(requested.slice(0, 3));
      const given = "four calls to next() before three events are published";
      const actual = versionsOf(got.map(({ value }) => value as Event));
      check("each call gets the next event", { given, expected: [1, 2, 3], actual });
      await subscription.unsubscribe();
      const last = { given, expected: { done: true, value: undefined }, actual: await requested[3] };
      check("the call that gets no event ends when the subscription ends", last);
    },
  },
]);
