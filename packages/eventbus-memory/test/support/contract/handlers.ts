import { theme } from "./bus-case.ts";
import { same } from "./checks.ts";
import { eventOf, eventsUpTo, publishAll, until } from "./samples.ts";

export const handlers = theme("handlers", {
  "are called for every event, in order, one at a time": async (stage) => {
    const [handled, atOnce] = [[] as number[], [] as number[]];
    let running = 0;
    const subscription = stage.subscriber.subscribe("a", async ({ version }) => {
      atOnce.push(++running);
      await new Promise((resolve) => setTimeout(resolve, version % 3));
      handled.push(version);
      running--;
    });
    await subscription.ready;
    await publishAll(stage, "a", eventsUpTo(20));
    await until(() => handled.length === 20, "twenty events");
    same(
      handled,
      [...eventsUpTo(20)].map(({ version }) => version),
      "the order",
    );
    same(Math.max(...atOnce), 1, "calls at once");
  },

  "that throw or reject are heard of by onError, and go on; nobody else notices": async (stage) => {
    const [heard, others] = [[] as unknown[], [] as number[]];
    const mine = new Error("mine");
    const onError = (error: unknown, event: { readonly version: number }): void => {
      heard.push([error === mine, event.version]);
    };
    const throwing = (): never => {
      throw mine;
    };
    const failing = [
      stage.subscriber.subscribe("a", throwing, { onError }),
      stage.subscriber.subscribe("a", () => Promise.reject(mine), { onError }),
    ];
    const calm = stage.subscriber.subscribe("a", ({ version }) => {
      others.push(version);
    });
    for (const { ready } of [...failing, calm]) await ready;
    await publishAll(stage, "a", eventsUpTo(2));
    await until(() => heard.length === 4, "four errors");
    same(
      heard.sort(),
      [
        [true, 1],
        [true, 1],
        [true, 2],
        [true, 2],
      ],
      "what onError heard",
    );
    await until(() => others.length === 2, "two events");
    same(others, [1, 2], "what others got");
  },

  "filter like loops do": async (stage) => {
    const handled: number[] = [];
    const handler = ({ version }: { readonly version: number }): void => {
      handled.push(version);
    };
    const subscription = stage.subscriber.subscribe("a", handler, { filter: ({ version }) => version > 1 });
    await subscription.ready;
    await publishAll(stage, "a", eventsUpTo(3));
    await until(() => handled.length === 2, "two events");
    same(handled, [2, 3], "what was handled");
  },

  "are not called any more after unsubscribe, which they may call and wait for": async (stage) => {
    const handled: number[] = [];
    let ended = false;
    const subscription = stage.subscriber.subscribe("a", async ({ version }) => {
      handled.push(version);
      if (version < 2) return;
      await subscription.unsubscribe();
      ended = true;
    });
    await subscription.ready;
    await publishAll(stage, "a", eventsUpTo(4));
    await until(() => ended, "the end of the subscription");
    await stage.settle();
    same(handled, [1, 2], "what was handled");
  },

  "end by their signal": async (stage) => {
    const abort = new AbortController();
    const handled: number[] = [];
    const subscription = stage.subscriber.subscribe(
      "a",
      ({ version }) => {
        handled.push(version);
      },
      { signal: abort.signal },
    );
    await subscription.ready;
    await stage.publisher.publish("a", eventOf(1));
    await until(() => handled.length === 1, "the first event");
    abort.abort();
    await stage.publisher.publish("a", eventOf(2));
    await stage.settle();
    same(handled, [1], "what was handled");
  },
});
