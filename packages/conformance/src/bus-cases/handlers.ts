import type { Event } from "@aether/core";
import { check } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { watchedSignal } from "../samples/watched-signal.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { Gate } from "./gate.ts";
import { publishAndSettle } from "./publishing.ts";
import { recordVersions, remainingVersions } from "./receiving.ts";
import { waysToEnd } from "./ways-to-end.ts";

const mine = new Error("mine");
const throwing = (): never => {
  throw mine;
};
const rejecting = (): Promise<never> => Promise.reject(mine);

export const handlers: readonly BusCase[] = busCaseGroup("handlers", [
  {
    name: "a handler is called for every event, in order, one call at a time",
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
      await publishAndSettle(context, "a", events("a", range(1, 20)));
      await context.waitFor("20 events", () => handled.length >= 20);
      const given = "20 events for a handler that takes 0 to 2 ms per event";
      check("a handler gets the events in order", { given, expected: range(1, 20), actual: handled });
      check("a handler is called again only after its promise has settled", { given, expected: 1, actual: most });
    },
  },
  {
    name: "if a handler throws or rejects, onError gets the error and the event, and the subscription continues",
    async run(context) {
      for (const failing of [throwing, rejecting]) {
        const received: unknown[] = [];
        const onError = (error: unknown, event: { readonly version: number }): void => {
          received.push([error === mine, event.version]);
        };
        const subscription = context.subscriber.subscribe("a", failing, { onError });
        await subscription.ready;
        await publishAndSettle(context, "a", events("a", [1, 2]));
        await context.waitFor("two errors", () => received.length >= 2);
        const expected = [
          [true, 1],
          [true, 2],
        ];
        const given = failing === throwing ? "a handler that throws" : "a handler that rejects";
        check("onError is called once for each error, with its event", { given, expected, actual: received });
        await subscription.unsubscribe();
      }
    },
  },
  {
    name: "onError gets errors of any kind, even undefined",
    async run(context) {
      const reasons: readonly unknown[] = [undefined, null, 0, "", false, "text", mine];
      const reported: unknown[] = [];
      const failing = ({ version }: Event): Promise<never> => Promise.reject(reasons[version - 1]);
      const onError = (error: unknown): void => void reported.push(error);
      await context.subscriber.subscribe("a", failing, { onError }).ready;
      await publishAndSettle(context, "a", events("a", range(1, reasons.length)));
      await context.waitFor(`${reasons.length} errors`, () => reported.length >= reasons.length);
      const given = "a handler that rejects with undefined, null, 0, an empty text, false, a text and an error";
      check("onError gets each error", { given, expected: reasons, actual: reported });
    },
  },
  {
    name: "a handler that returns a thenable is called again only after the thenable has settled",
    async run(context) {
      const log: string[] = [];
      const thenable = (version: number): object => {
        const settle = (resolve: () => void): void => {
          setTimeout(() => {
            log.push(`end ${version}`);
            resolve();
          }, 1);
        };
        // biome-ignore lint/suspicious/noThenProperty: the case is about thenables
        return Object.defineProperty({}, "then", { value: settle });
      };
      const handle = ({ version }: Event): Promise<void> => {
        log.push(`start ${version}`);
        return thenable(version) as unknown as Promise<void>;
      };
      await context.subscriber.subscribe("a", handle).ready;
      await publishAndSettle(context, "a", events("a", [1, 2]));
      await context.waitFor("the end of both calls", () => log.includes("end 2"));
      const expected = ["start 1", "end 1", "start 2", "end 2"];
      check("calls to the handler do not overlap", {
        given: "a handler that returns thenables",
        expected,
        actual: log,
      });
    },
  },
  {
    name: "one function can be the handler of several subscriptions",
    async run(context) {
      const handled: number[] = [];
      const handle = ({ version }: Event): void => void handled.push(version);
      const [first, second, other] = ["a", "a", "*"].map((pattern) => context.subscriber.subscribe(pattern, handle));
      await Promise.all([first, second, other].map((each) => each?.ready));
      await publishAndSettle(context, "a", [event("a", 1)]);
      await context.waitFor("three calls", () => handled.length >= 3);
      await first?.unsubscribe();
      await publishAndSettle(context, "a", [event("a", 2)]);
      await context.waitFor("five calls", () => handled.length >= 5);
      const given = "one handler for three subscriptions, one of which ends between two events";
      check("the handler is called once for each subscription", { given, expected: [1, 1, 1, 2, 2], actual: handled });
    },
  },
  {
    name: "a handler that throws or rejects affects neither the publisher nor other subscribers",
    async run(context) {
      const { subscriber } = context;
      const options = { onError: () => {} };
      const earlier = await recordVersions(subscriber, "a");
      for (const failing of [throwing, rejecting]) await subscriber.subscribe("a", failing, options).ready;
      const later = await recordVersions(subscriber, "a");
      await publishAndSettle(context, "a", events("a", [1, 2]));
      await context.waitFor("two events for each of two handlers", () =>
        [earlier, later].every(({ length }) => length >= 2),
      );
      const given = "handlers that throw and reject, between two that do not";
      for (const versions of [earlier, later]) {
        check("other subscriptions get every event", { given, expected: [1, 2], actual: versions });
      }
    },
  },
  {
    name: "a handler that fails is called for the next event, even without onError or if onError itself fails",
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
      const witness = await recordVersions(context.subscriber, "a");
      for (const { ready } of subscriptions) await ready;
      await publishAndSettle(context, "a", events("a", [1, 2]));
      await context.waitFor(
        "two calls to each handler",
        () => calls.every((count) => count >= 2) && witness.length >= 2,
      );
      const given = "a handler that throws without onError, and two whose onError throws or rejects";
      check("each handler is called for every event", { given, expected: [2, 2, 2], actual: calls });
    },
  },
  {
    name: "a handler that fails for every event is called for every event",
    async run(context) {
      const count = 1_030;
      const given = `${count} events for handlers that throw and reject`;
      const results = [throwing, rejecting].map((failing) => {
        const [handled, reported]: [number[], number[]] = [[], []];
        const handler = ({ version }: Event): Promise<never> => {
          handled.push(version);
          return failing();
        };
        const onError = (_: unknown, { version }: Event): void => void reported.push(version);
        const options = { onError, bufferSize: count };
        return { handled, reported, subscription: context.subscriber.subscribe("a", handler, options) };
      });
      await Promise.all(results.map(({ subscription }) => subscription.ready));
      await Promise.all(events("a", range(1, count)).map((each) => context.publisher.publish("a", each)));
      await context.settle();
      const isDone = (): boolean => results.every(({ reported }) => reported.length >= count);
      await context.waitFor(`${count} errors of each handler`, isDone);
      for (const { handled, reported, subscription } of results) {
        check("the handler is called for every event", { given, expected: range(1, count), actual: handled });
        check("onError is called for every event", { given, expected: range(1, count), actual: reported });
        check("no event is dropped", { given, expected: 0, actual: subscription.dropped });
      }
    },
  },
  {
    name: "onError gets the error of a handler whose subscription has already ended",
    async run(context) {
      for (const way of waysToEnd) {
        const gate = new Gate();
        const reported: unknown[] = [];
        let isBusy = false;
        const failing = async (): Promise<never> => {
          isBusy = true;
          await gate.passed;
          throw mine;
        };
        const signal = watchedSignal();
        const options = { signal: signal.signal, onError: (error: unknown) => void reported.push(error) };
        const subscription = context.subscriber.subscribe("a", failing, options);
        await subscription.ready;
        await publishAndSettle(context, "a", [event("a", 1)]);
        await context.waitFor("the call of the handler", () => isBusy);
        await way.end({ subscription, signal });
        gate.open();
        await context.waitFor("the error", () => reported.length > 0);
        const given = { handler: "fails after its subscription has ended", endedBy: way.name };
        check("onError is called with the error", {
          given,
          expected: [true],
          actual: reported.map((each) => each === mine),
        });
      }
    },
  },
  {
    name: "a slow handler delays neither the publisher nor other subscribers",
    async run(context) {
      const gate = new Gate();
      const stuck = context.subscriber.subscribe("a", () => gate.passed);
      await stuck.ready;
      const witness = await recordVersions(context.subscriber, "a");
      await publishAndSettle(context, "a", events("a", [1, 2, 3]));
      await context.waitFor("three events", () => witness.length >= 3);
      gate.open();
      const given = "a handler that is stuck, subscribed before another one";
      check("other subscriptions get every event", { given, expected: [1, 2, 3], actual: witness });
    },
  },
  {
    name: "a handler may call and await unsubscribe, and is not called afterwards",
    async run(context) {
      const handled: number[] = [];
      let isOver = false;
      const witness = await recordVersions(context.subscriber, "a");
      const subscription = context.subscriber.subscribe("a", async ({ version }) => {
        handled.push(version);
        if (version < 2) return;
        await subscription.unsubscribe();
        isOver = true;
      });
      await subscription.ready;
      await Promise.all(events("a", range(1, 4)).map((each) => context.publisher.publish("a", each)));
      await context.settle();
      await context.waitFor("the end of unsubscribe", () => isOver && witness.length >= 4);
      const given = "a handler that unsubscribes at the second of four events";
      check("the handler is called for the first two events only", { given, expected: [1, 2], actual: handled });
    },
  },
  {
    name: "unsubscribe discards and counts the events that are buffered for a handler",
    async run(context) {
      const gate = new Gate();
      const handled: number[] = [];
      const stuck = context.subscriber.subscribe("a", async ({ version }) => {
        handled.push(version);
        await gate.passed;
      });
      await stuck.ready;
      await publishAndSettle(context, "a", events("a", range(1, 5)));
      await context.waitFor("the first event", () => handled.length > 0);
      await stuck.unsubscribe();
      gate.open();
      await publishAndSettle(context, "a", [event("a", 6)]);
      const given = "five events for a handler that is stuck at the first, then unsubscribe";
      check("the handler is called for the first event only", { given, expected: [1], actual: handled });
      check("the discarded events are counted as dropped", { given, expected: 4, actual: stuck.dropped });
    },
  },
  {
    name: "a subscription that is made inside a handler starts with the next event",
    async run(context) {
      const inner: number[] = [];
      let made: Promise<void> | undefined;
      const outer = context.subscriber.subscribe("a", () => {
        made ??= context.subscriber.subscribe("a", ({ version }) => {
          inner.push(version);
        }).ready;
      });
      await outer.ready;
      await publishAndSettle(context, "a", [event("a", 1)]);
      await context.waitFor("the inner subscription", () => made !== undefined);
      await made;
      await publishAndSettle(context, "a", [event("a", 2)]);
      await context.waitFor("the second event", () => inner.includes(2));
      const given = "a handler that subscribes another handler at the first of two events";
      check("the new subscription starts with the second event", { given, expected: [2], actual: inner });
    },
  },
  {
    name: "handlers and loops do not take events from each other",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      const received = await recordVersions(context.subscriber, "a");
      await publishAndSettle(context, "a", events("a", [1, 2, 3]));
      await context.waitFor("three events", () => received.length >= 3);
      await context.subscriber.close();
      const given = "a loop and a handler on one namespace";
      check("the loop gets every event", { given, expected: [1, 2, 3], actual: await remainingVersions(subscription) });
    },
  },
]);
