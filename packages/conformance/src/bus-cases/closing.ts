import { check, checkRejects, checkThrows } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { listen, rest, send } from "./receiving.ts";

const closed = { code: "AETHER_BUS_CLOSED" } as const;
const refusal = "a call after close is a BusClosedError";

export const closing: readonly BusCase[] = busCaseGroup("closing", [
  {
    name: "a closed bus refuses every call",
    setups: ["one bus"],
    async run({ subscriber }) {
      await subscriber.close();
      await checkRejects(refusal, "publish", subscriber.publish("a", event("a", 1)), closed);
      checkThrows(refusal, "subscribe", () => subscriber.subscribe("a"), closed);
      checkThrows(refusal, "subscribe with a handler", () => subscriber.subscribe("a", () => {}), closed);
    },
  },
  {
    name: "a bus refuses from the call of close on",
    setups: ["one bus"],
    async run({ subscriber }) {
      const heard = await listen(subscriber, "a");
      const closing = subscriber.close();
      await checkRejects(refusal, "close() not awaited", subscriber.publish("a", event("a", 1)), closed);
      checkThrows(refusal, "close() not awaited", () => subscriber.subscribe("a"), closed);
      await closing;
      check("nothing was published", { given: "a publish behind close()", expected: [], actual: heard.versions });
    },
  },
  {
    name: "leaves loops what waits for them, and then ends them",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await send(context, "a", events("a", [1, 2, 3]));
      await context.subscriber.close();
      const given = "three events that wait while the bus is closed";
      check("what waits can still be taken", { given, expected: [1, 2, 3], actual: await rest(subscription) });
      check("what waits for a loop is not dropped", { given, expected: 0, actual: subscription.dropped });
      check("nobody subscribes any more", { given, expected: 0, actual: context.subscriber.subscriberCount() });
    },
  },
  {
    name: "ends a loop that waits",
    async run({ subscriber }) {
      const subscription = subscriber.subscribe("a");
      await subscription.ready;
      const reading = rest(subscription);
      await subscriber.close();
      check("the loop ends", { given: "a loop that waits", expected: [], actual: await reading });
    },
  },
  {
    name: "what it left can still be discarded, which counts",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      await send(context, "a", events("a", [1, 2, 3]));
      await context.subscriber.close();
      await subscription.unsubscribe();
      const given = "three events that wait, close, unsubscribe";
      check("what is discarded is counted", { given, expected: 3, actual: subscription.dropped });
      check("nothing is left", { given, expected: [], actual: await rest(subscription) });
    },
  },
  {
    name: "waits for handlers to take what waits for them",
    async run(context) {
      const handled: number[] = [];
      const subscription = context.subscriber.subscribe("a", async ({ version }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        handled.push(version);
      });
      await subscription.ready;
      await send(context, "a", events("a", range(1, 5)));
      await context.subscriber.close();
      const given = "five events for a handler that takes 1 ms for each";
      check("all are handled when close resolves", { given, expected: range(1, 5), actual: handled });
    },
  },
  {
    name: "what was published before arrives",
    setups: ["two buses"],
    async run(context) {
      const heard = await listen(context.subscriber, "a");
      const publishing = events("a", range(1, 100)).map((one) => context.publisher.publish("a", one));
      await context.publisher.close();
      await Promise.all(publishing);
      await context.settle();
      await context.waitFor("100 events", () => heard.versions.length >= 100);
      const given = "100 events published at once, and close";
      check("another bus gets them", { given, expected: range(1, 100), actual: heard.versions });
    },
  },
  {
    name: "leaves other buses alone",
    setups: ["two buses"],
    async run(context) {
      const third = await context.open();
      const heard = await listen(third, "a");
      context.subscriber.subscribe("a");
      await context.subscriber.close();
      await context.publisher.publish("a", event("a", 1));
      await context.settle(third);
      await context.waitFor("the event", () => heard.versions.length > 0);
      const given = "three buses on one place, one of which is closed";
      check("the others hear each other", { given, expected: [1], actual: heard.versions });
    },
  },
  {
    name: "is allowed again, at once and later",
    setups: ["one bus"],
    async run({ subscriber }) {
      await Promise.all([subscriber.close(), subscriber.close()]);
      await subscriber.close();
      await subscriber[Symbol.asyncDispose]();
      await checkRejects("it stays closed", "closed four times", subscriber.publish("a", event("a", 1)), closed);
    },
  },
  {
    name: "happens at the end of a scope",
    setups: ["one bus"],
    async run({ subscriber }) {
      await subscriber[Symbol.asyncDispose]();
      await checkRejects("a disposed bus is closed", "asyncDispose", subscriber.publish("a", event("a", 1)), closed);
    },
  },
  {
    name: "can be asked for by a handler",
    async run(context) {
      let isClosed = false;
      const subscription = context.subscriber.subscribe("a", () => {
        void context.subscriber.close().then(() => {
          isClosed = true;
        });
      });
      await subscription.ready;
      // The bus may be closed before it has answered.
      await context.publisher.publish("a", event("a", 1)).catch(() => {});
      await context.waitFor("the end of close()", () => isClosed);
    },
  },
]);
