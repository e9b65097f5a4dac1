import { check } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { Gate, listen, rest, send } from "./receiving.ts";

const mine = new Error("mine");
const throwing = (): never => {
  throw mine;
};
const rejecting = (): Promise<never> => Promise.reject(mine);

export const handlers: readonly BusCase[] = busCaseGroup("handlers", [
  {
    name: "are called for every event, in order, one at a time",
    async run(context) {
      const handled: number[] = [];
      let [running, most] = [0, 0];
      const subscription = context.subscriber.subscribe("a", async ({ version }) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, version % 3));
        handled.push(version);
        running--;
      });
      await subscription.ready;
      await send(context, "a", events("a", range(1, 20)));
      await context.waitFor("20 events", () => handled.length >= 20);
      const given = "20 events for a handler that takes 0 to 2 ms for each";
      check("a handler is called in the order of the events", { given, expected: range(1, 20), actual: handled });
      check("the next call waits for the promise of the last", { given, expected: 1, actual: most });
    },
  },
  {
    name: "that throw or reject are heard of by onError, with the event, and go on",
    async run(context) {
      for (const failing of [throwing, rejecting]) {
        const heard: unknown[] = [];
        const onError = (error: unknown, one: { readonly version: number }): void => {
          heard.push([error === mine, one.version]);
        };
        const subscription = context.subscriber.subscribe("a", failing, { onError });
        await subscription.ready;
        await send(context, "a", events("a", [1, 2]));
        await context.waitFor("two errors", () => heard.length >= 2);
        const expected = [
          [true, 1],
          [true, 2],
        ];
        const given = failing === throwing ? "a handler that throws" : "a handler that rejects";
        check("onError hears of each error, with its event", { given, expected, actual: heard });
        await subscription.unsubscribe();
      }
    },
  },
  {
    name: "that throw or reject hurt nobody else: neither the publisher nor other subscribers",
    async run(context) {
      const { subscriber } = context;
      const options = { onError: () => {} };
      const before = await listen(subscriber, "a");
      for (const failing of [throwing, rejecting]) await subscriber.subscribe("a", failing, options).ready;
      const behind = await listen(subscriber, "a");
      await send(context, "a", events("a", [1, 2]));
      await context.waitFor("two events each", () => [before, behind].every(({ versions }) => versions.length >= 2));
      const given = "handlers that throw and reject, between two that do not";
      for (const { versions } of [before, behind]) {
        check("others get every event", { given, expected: [1, 2], actual: versions });
      }
    },
  },
  {
    name: "go on also where there is no onError, or it throws itself",
    async run(context) {
      const calls = [0, 0, 0];
      const failing = (index: number) => (): never => {
        calls[index] = (calls[index] ?? 0) + 1;
        throw mine;
      };
      const rejectingToo = async (): Promise<never> => throwing();
      const subscriptions = [
        context.subscriber.subscribe("a", failing(0)),
        context.subscriber.subscribe("a", failing(1), { onError: throwing }),
        context.subscriber.subscribe("a", failing(2), { onError: rejectingToo as unknown as () => void }),
      ];
      const witness = await listen(context.subscriber, "a");
      for (const { ready } of subscriptions) await ready;
      await send(context, "a", events("a", [1, 2]));
      await context.waitFor(
        "two calls of each",
        () => calls.every((count) => count >= 2) && witness.versions.length >= 2,
      );
      const given = "a handler that throws without onError, two with one that throws or rejects";
      check("each is called for every event", { given, expected: [2, 2, 2], actual: calls });
    },
  },
  {
    name: "that are slow make nobody wait: neither the publisher nor other subscribers",
    async run(context) {
      const gate = new Gate();
      const stuck = context.subscriber.subscribe("a", () => gate.passed);
      await stuck.ready;
      const witness = await listen(context.subscriber, "a");
      await send(context, "a", events("a", [1, 2, 3]));
      await context.waitFor("three events", () => witness.versions.length >= 3);
      gate.open();
      const given = "a handler that is stuck before another one";
      check("others get every event", { given, expected: [1, 2, 3], actual: witness.versions });
    },
  },
  {
    name: "are not called any more after unsubscribe, which they may call and wait for",
    async run(context) {
      const handled: number[] = [];
      let isOver = false;
      const witness = await listen(context.subscriber, "a");
      const subscription = context.subscriber.subscribe("a", async ({ version }) => {
        handled.push(version);
        if (version < 2) return;
        await subscription.unsubscribe();
        isOver = true;
      });
      await subscription.ready;
      await Promise.all(events("a", range(1, 4)).map((one) => context.publisher.publish("a", one)));
      await context.settle();
      await context.waitFor("the end of unsubscribe", () => isOver && witness.versions.length >= 4);
      const given = "a handler that unsubscribes at the second of four events";
      check("the handler is called twice", { given, expected: [1, 2], actual: handled });
    },
  },
  {
    name: "drop and count what waits for them at unsubscribe",
    async run(context) {
      const gate = new Gate();
      const handled: number[] = [];
      const stuck = context.subscriber.subscribe("a", async ({ version }) => {
        handled.push(version);
        await gate.passed;
      });
      await stuck.ready;
      await send(context, "a", events("a", range(1, 5)));
      await context.waitFor("the first event", () => handled.length > 0);
      await stuck.unsubscribe();
      gate.open();
      await send(context, "a", [event("a", 6)]);
      const given = "five events for a handler that is stuck at the first, then unsubscribe";
      check("the handler was called once", { given, expected: [1], actual: handled });
      check("the others are counted", { given, expected: 4, actual: stuck.dropped });
    },
  },
  {
    name: "that subscribe another one within a call get the next event there",
    async run(context) {
      const inner: number[] = [];
      let made: Promise<void> | undefined;
      const outer = context.subscriber.subscribe("a", () => {
        made ??= context.subscriber.subscribe("a", ({ version }) => {
          inner.push(version);
        }).ready;
      });
      await outer.ready;
      await send(context, "a", [event("a", 1)]);
      await context.waitFor("the inner subscription", () => made !== undefined);
      await made;
      await send(context, "a", [event("a", 2)]);
      await context.waitFor("the second event", () => inner.includes(2));
      const given = "a handler that subscribes while it is called with the first of two events";
      check("the new one begins with the second", { given, expected: [2], actual: inner });
    },
  },
  {
    name: "handlers and loops do not take events from each other",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      const heard = await listen(context.subscriber, "a");
      await send(context, "a", events("a", [1, 2, 3]));
      await context.waitFor("three events", () => heard.versions.length >= 3);
      await context.subscriber.close();
      const given = "a loop and a handler on one namespace";
      check("the loop gets every event", { given, expected: [1, 2, 3], actual: await rest(subscription) });
    },
  },
]);
