import { activeTimers } from "../checks/active-timers.ts";
import { check, checkRejects, checkThrows } from "../checks/check.ts";
import { nextTurn } from "../checks/next-turn.ts";
import { event, events, range } from "../samples/events.ts";
import { watchedSignal } from "../samples/watched-signal.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { Gate } from "./gate.ts";
import { publishAndSettle } from "./publishing.ts";
import { recordVersions, remainingVersions } from "./receiving.ts";
import { waysToEnd } from "./ways-to-end.ts";

/** Time after which a handler ends. A close that does not wait for the handler resolves earlier. In milliseconds. */
const EARLY_MS = 10;

/** Time that the timers of a test runner may take to end, in milliseconds. */
const MAX_TIMER_MS = 250;

const closed = { code: "AETHER_BUS_CLOSED" } as const;
const failsAfterClose = "a call after close fails with BusClosedError";

export const closing: readonly BusCase[] = busCaseGroup("closing", [
  {
    name: "a closed bus rejects every call",
    setups: ["one bus"],
    async run({ subscriber }) {
      await subscriber.close();
      await checkRejects(failsAfterClose, "publish", subscriber.publish("a", event("a", 1)), closed);
      checkThrows(failsAfterClose, "subscribe", () => subscriber.subscribe("a"), closed);
      checkThrows(failsAfterClose, "subscribe with a handler", () => subscriber.subscribe("a", () => {}), closed);
    },
  },
  {
    name: "a bus rejects calls as soon as close is called",
    setups: ["one bus"],
    async run({ subscriber }) {
      const received = await recordVersions(subscriber, "a");
      const closing = subscriber.close();
      await checkRejects(failsAfterClose, "close() not awaited", subscriber.publish("a", event("a", 1)), closed);
      checkThrows(failsAfterClose, "close() not awaited", () => subscriber.subscribe("a"), closed);
      await closing;
      check("a rejected publish delivers nothing", {
        given: "a publish after close()",
        expected: [],
        actual: received,
      });
    },
  },
  {
    name: "after close, loops still get their buffered events and then end",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", [1, 2, 3]));
      await context.subscriber.close();
      const given = "three buffered events when the bus is closed";
      check("a loop gets its buffered events after close", {
        given,
        expected: [1, 2, 3],
        actual: await remainingVersions(subscription),
      });
      check("close does not drop buffered events", { given, expected: 0, actual: subscription.dropped });
      check("no subscription remains", { given, expected: 0, actual: context.subscriber.subscriberCount() });
    },
  },
  {
    name: "close ends a waiting loop",
    async run({ subscriber }) {
      const subscription = subscriber.subscribe("a");
      await subscription.ready;
      const reading = remainingVersions(subscription);
      await subscriber.close();
      check("the waiting loop ends", { given: "a waiting loop", expected: [], actual: await reading });
    },
  },
  {
    name: "unsubscribe after close discards and counts the events that are still buffered",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", [1, 2, 3]));
      await context.subscriber.close();
      await subscription.unsubscribe();
      const given = "three buffered events, close, unsubscribe";
      check("the discarded events are counted as dropped", { given, expected: 3, actual: subscription.dropped });
      check("no event remains after unsubscribe", {
        given,
        expected: [],
        actual: await remainingVersions(subscription),
      });
    },
  },
  {
    name: "leaving the loop after close counts the events that are still buffered",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", [1, 2, 3]));
      await context.subscriber.close();
      for await (const _ of subscription) break;
      const given = "three buffered events, close(), and a loop that takes one event";
      check("the remaining events are counted as dropped", { given, expected: 2, actual: subscription.dropped });
    },
  },
  {
    name: "close waits until handlers have handled their buffered events",
    async run(context) {
      const handled: number[] = [];
      const subscription = context.subscriber.subscribe("a", async ({ version }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        handled.push(version);
      });
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", range(1, 5)));
      await context.subscriber.close();
      const given = "five events for a handler that takes 1 ms per event";
      check("all events are handled when close resolves", { given, expected: range(1, 5), actual: handled });
    },
  },
  {
    name: "events that were published before close arrive",
    setups: ["two buses"],
    async run(context) {
      const received = await recordVersions(context.subscriber, "a");
      const publishing = events("a", range(1, 100)).map((each) => context.publisher.publish("a", each));
      await context.publisher.close();
      await Promise.all(publishing);
      await context.settle();
      await context.waitFor("100 events", () => received.length >= 100);
      const given = "100 events published without waiting, then close()";
      check("the other bus receives all events in order", {
        given,
        expected: range(1, 100),
        actual: received,
      });
    },
  },
  {
    name: "closing a bus does not affect other buses",
    setups: ["two buses"],
    async run(context) {
      const third = await context.open();
      const received = await recordVersions(third, "a");
      context.subscriber.subscribe("a");
      await context.subscriber.close();
      await context.publisher.publish("a", event("a", 1));
      await context.settle(third);
      await context.waitFor("the event", () => received.length > 0);
      const given = "three buses on one channel, one of them closed";
      check("the other buses still receive each other's events", { given, expected: [1], actual: received });
      const later = await recordVersions(await context.open(), "a");
      await third.publish("a", event("a", 2));
      await context.waitFor("the event on a bus that is opened later", () => later.length > 0);
      check("a bus that is opened later receives events, too", { given, expected: [2], actual: later });
    },
  },
  {
    name: "close may be called more than once",
    setups: ["one bus"],
    async run({ subscriber }) {
      await Promise.all([subscriber.close(), subscriber.close()]);
      await subscriber.close();
      await subscriber[Symbol.asyncDispose]();
      await checkRejects(
        "a closed bus stays closed",
        "closed four times",
        subscriber.publish("a", event("a", 1)),
        closed,
      );
    },
  },
  {
    name: "every call to close resolves only after the handlers have finished",
    async run(context) {
      const log: string[] = [];
      const gate = new Gate();
      const subscription = context.subscriber.subscribe("a", async ({ version }) => {
        await gate.passed;
        log.push(`event ${version} handled`);
      });
      await subscription.ready;
      await publishAndSettle(context, "a", events("a", [1, 2]));
      const { subscriber } = context;
      const closings = [subscriber.close(), subscriber.close(), subscriber[Symbol.asyncDispose]()].map((closing) =>
        closing.then(() => log.push("closed")),
      );
      await nextTurn();
      closings.push(subscriber.close().then(() => log.push("closed")));
      setTimeout(gate.open, EARLY_MS);
      await Promise.all(closings);
      const given = "a handler that is busy with two events, three calls to close(), and one to asyncDispose()";
      const handled = ["event 1 handled", "event 2 handled"];
      const expected = [...handled, "closed", "closed", "closed", "closed"];
      check("no call resolves before the handler has handled all events", { given, expected, actual: log });
    },
  },
  {
    name: "close waits for handlers whose subscriptions have already ended",
    async run(context) {
      const { subscriber } = context;
      const log: string[] = [];
      const gate = new Gate();
      let busy = 0;
      const handle = (name: string) => async (): Promise<void> => {
        busy++;
        await gate.passed;
        log.push(name);
      };
      const made = waysToEnd.map((way) => {
        const signal = watchedSignal();
        return { way, signal, subscription: subscriber.subscribe("a", handle(way.name), { signal: signal.signal }) };
      });
      const full = subscriber.subscribe("a", handle("an overflow"), { bufferSize: 1, overflow: "error" });
      await Promise.all([full, ...made.map(({ subscription }) => subscription)].map(({ ready }) => ready));
      await publishAndSettle(context, "a", [event("a", 1)]);
      await context.waitFor("the calls of the handlers", () => busy > made.length);
      await publishAndSettle(context, "a", events("a", [2, 3]));
      await Promise.all(made.map(({ way, ...ending }) => way.end(ending)));
      const closing = subscriber.close().then(() => log.push("closed"));
      setTimeout(gate.open, EARLY_MS);
      await closing;
      const given = "busy handlers whose subscriptions have ended, in four ways, and then close()";
      const ended = [...waysToEnd.map(({ name }) => name), "an overflow", "an overflow"];
      const expected = { handled: ended.sort(), last: "closed" };
      const actual = { handled: log.slice(0, -1).sort(), last: log.at(-1) };
      check("close resolves after all handlers have finished", { given, expected, actual });
    },
  },
  {
    name: "nothing keeps the process running after close",
    async run(context) {
      const { subscriber } = context;
      const before = activeTimers();
      const received = await recordVersions(subscriber, "a");
      const loop = subscriber.subscribe("a", { signal: new AbortController().signal });
      const ended = subscriber.subscribe("a");
      await Promise.all([loop.ready, ended.unsubscribe()]);
      await publishAndSettle(context, "a", events("a", [1, 2]));
      await context.waitFor("two events", () => received.length >= 2);
      await Promise.all([context.publisher.close(), subscriber.close()]);
      // The timers of the test runner come and go.
      const deadline = performance.now() + MAX_TIMER_MS;
      while (activeTimers() > before && performance.now() < deadline) await nextTurn();
      const given = "two events for a handler and a loop, then close()";
      const actual = Math.max(0, activeTimers() - before);
      check("no timer is left", { given, expected: 0, actual });
    },
  },
  {
    name: "disposing a bus closes it",
    setups: ["one bus"],
    async run({ subscriber }) {
      await subscriber[Symbol.asyncDispose]();
      await checkRejects(
        "a disposed bus rejects with BusClosedError",
        "asyncDispose",
        subscriber.publish("a", event("a", 1)),
        closed,
      );
    },
  },
  {
    name: "a handler may close the bus",
    async run(context) {
      let isClosed = false;
      const subscription = context.subscriber.subscribe("a", () => {
        void context.subscriber.close().then(() => {
          isClosed = true;
        });
      });
      await subscription.ready;
      // The bus may be closed before the publish resolves.
      await context.publisher.publish("a", event("a", 1)).catch(() => {});
      await context.waitFor("the end of close()", () => isClosed);
    },
  },
]);
