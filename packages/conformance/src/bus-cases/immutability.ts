import type { Event } from "@aether/core";
import { check, checkFrozen } from "../checks/check.ts";
import { frozenPartsOf, mutableEvent, mutateEvent } from "../samples/mutable-event.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { takeEvents } from "./receiving.ts";

export const immutability: readonly BusCase[] = busCaseGroup("immutability", [
  {
    name: "an event is copied when publish is called",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      const mine = mutableEvent();
      const publishing = context.publisher.publish("a", mine);
      mutateEvent(mine);
      await publishing;
      await context.settle();
      check("changing the object after the call does not change the delivered event", {
        given: "every part of the object changed between the call and its result",
        expected: [mutableEvent()],
        actual: await takeEvents(subscription, 1),
      });
    },
  },
  {
    name: "a buffered event does not change with the publisher's object",
    setups: ["one bus"],
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      const mine = mutableEvent();
      await context.publisher.publish("a", mine);
      await context.settle();
      mutateEvent(mine);
      check("changing the object after publish does not change the buffered event", {
        given: "every part of the object changed while the event is in the buffer",
        expected: [mutableEvent()],
        actual: await takeEvents(subscription, 1),
      });
    },
  },
  {
    name: "publish does not change or freeze the caller's object",
    setups: ["one bus"],
    async run({ publisher }) {
      const mine = mutableEvent();
      await publisher.publish("a", mine);
      const given = mutableEvent();
      check("publish does not change the caller's object", { given, expected: mutableEvent(), actual: mine });
      check("publish does not freeze the caller's object", {
        given,
        expected: { frozen: [] },
        actual: { frozen: frozenPartsOf(mine) },
      });
    },
  },
  {
    name: "events are deeply frozen, for loops and handlers",
    async run(context) {
      const handled: Event[] = [];
      const handling = context.subscriber.subscribe("a", (delivered) => {
        handled.push(delivered);
      });
      const subscription = context.subscriber.subscribe("a");
      await Promise.all([handling.ready, subscription.ready]);
      await context.publisher.publish("a", mutableEvent());
      await context.settle();
      await context.waitFor("the event", () => handled.length > 0);
      for (const each of [...(await takeEvents(subscription, 1)), ...handled]) {
        checkFrozen("delivered events are deeply frozen", mutableEvent(), each);
      }
    },
  },
  {
    name: "a subscriber cannot change events for other subscribers",
    setups: ["one bus"],
    async run(context) {
      const vandal = context.subscriber.subscribe(
        "a",
        (delivered) => {
          (delivered.data as { total: number }).total = 99;
        },
        { onError: () => {} },
      );
      const subscription = context.subscriber.subscribe("a");
      await Promise.all([vandal.ready, subscription.ready]);
      await context.publisher.publish("a", mutableEvent());
      await context.settle();
      const given = "a handler that writes into the event";
      check("other subscribers get the event as it was published", {
        given,
        expected: [mutableEvent()],
        actual: await takeEvents(subscription, 1),
      });
    },
  },
]);
