import type { Event } from "@aether/core";
import { check, checkFrozen } from "../checks/check.ts";
import { mutableEvent, mutateEvent } from "../samples/mutable-event.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { take } from "./receiving.ts";

export const immutability: readonly BusCase[] = busCaseGroup("immutability", [
  {
    name: "what is delivered is the event as it was at the call",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      const mine = mutableEvent();
      const publishing = context.publisher.publish("a", mine);
      mutateEvent(mine);
      await publishing;
      await context.settle();
      check("changing the object after the call changes nothing", {
        given: "every part of the object changed between the call and its answer",
        expected: [mutableEvent()],
        actual: await take(subscription, 1),
      });
    },
  },
  {
    name: "what waits does not change with the publisher's object",
    setups: ["one bus"],
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      const mine = mutableEvent();
      await context.publisher.publish("a", mine);
      await context.settle();
      mutateEvent(mine);
      check("changing the object after it was published changes nothing", {
        given: "every part of the object changed while the event waits in the buffer",
        expected: [mutableEvent()],
        actual: await take(subscription, 1),
      });
    },
  },
  {
    name: "the publisher's object is left as it is",
    setups: ["one bus"],
    async run({ publisher }) {
      const mine = mutableEvent();
      await publisher.publish("a", mine);
      const parts = { event: mine, data: mine.data, lines: mine.data.lines, metadata: mine.metadata };
      const frozen = Object.entries(parts).flatMap(([name, part]) => (Object.isFrozen(part) ? [name] : []));
      const given = mutableEvent();
      check("publishing does not change the object", { given, expected: mutableEvent(), actual: mine });
      check("publishing does not freeze the object", { given, expected: { frozen: [] }, actual: { frozen } });
    },
  },
  {
    name: "what is delivered is deeply frozen, to loops and handlers",
    async run(context) {
      const handled: Event[] = [];
      const handling = context.subscriber.subscribe("a", (one) => {
        handled.push(one);
      });
      const subscription = context.subscriber.subscribe("a");
      await Promise.all([handling.ready, subscription.ready]);
      await context.publisher.publish("a", mutableEvent());
      await context.settle();
      await context.waitFor("the event", () => handled.length > 0);
      for (const one of [...(await take(subscription, 1)), ...handled]) {
        checkFrozen("an event that is delivered is deeply frozen", mutableEvent(), one);
      }
    },
  },
  {
    name: "what one subscriber does to an event reaches no other",
    setups: ["one bus"],
    async run(context) {
      const vandal = context.subscriber.subscribe(
        "a",
        (one) => {
          (one.data as { total: number }).total = 99;
        },
        { onError: () => {} },
      );
      const subscription = context.subscriber.subscribe("a");
      await Promise.all([vandal.ready, subscription.ready]);
      await context.publisher.publish("a", mutableEvent());
      await context.settle();
      const given = "a handler that writes into the event";
      check("others get the event as it was published", {
        given,
        expected: [mutableEvent()],
        actual: await take(subscription, 1),
      });
    },
  },
]);
