import type { Event } from "@aether/core";
import { check, checkFrozen } from "../checks/check.ts";
import { change, changeable } from "../samples/changeable.ts";
import { type BusCase, busTheme } from "../suite/bus-case.ts";
import { take } from "./listening.ts";

export const immutability: readonly BusCase[] = busTheme("immutability", [
  {
    name: "what is delivered is the event as it was at the call",
    async run(stage) {
      const subscription = stage.subscriber.subscribe("a");
      await subscription.ready;
      const mine = changeable();
      const publishing = stage.publisher.publish("a", mine);
      change(mine);
      await publishing;
      await stage.settle();
      check("changing the object after the call changes nothing", {
        given: "every part of the object changed between the call and its answer",
        expected: [changeable()],
        actual: await take(subscription, 1),
      });
    },
  },
  {
    name: "what waits does not change with the publisher's object",
    settings: ["one bus"],
    async run(stage) {
      const subscription = stage.subscriber.subscribe("a");
      await subscription.ready;
      const mine = changeable();
      await stage.publisher.publish("a", mine);
      await stage.settle();
      change(mine);
      check("changing the object after it was published changes nothing", {
        given: "every part of the object changed while the event waits in the buffer",
        expected: [changeable()],
        actual: await take(subscription, 1),
      });
    },
  },
  {
    name: "the publisher's object is left as it is",
    settings: ["one bus"],
    async run({ publisher }) {
      const mine = changeable();
      await publisher.publish("a", mine);
      const parts = { event: mine, data: mine.data, lines: mine.data.lines, metadata: mine.metadata };
      const frozen = Object.entries(parts).flatMap(([name, part]) => (Object.isFrozen(part) ? [name] : []));
      const given = changeable();
      check("publishing does not change the object", { given, expected: changeable(), actual: mine });
      check("publishing does not freeze the object", { given, expected: { frozen: [] }, actual: { frozen } });
    },
  },
  {
    name: "what is delivered is deeply frozen, to loops and handlers",
    async run(stage) {
      const handled: Event[] = [];
      const handling = stage.subscriber.subscribe("a", (one) => {
        handled.push(one);
      });
      const subscription = stage.subscriber.subscribe("a");
      await Promise.all([handling.ready, subscription.ready]);
      await stage.publisher.publish("a", changeable());
      await stage.settle();
      await stage.until("the event", () => handled.length > 0);
      for (const one of [...(await take(subscription, 1)), ...handled]) {
        checkFrozen("an event that is delivered is deeply frozen", changeable(), one);
      }
    },
  },
  {
    name: "what one subscriber does to an event reaches no other",
    settings: ["one bus"],
    async run(stage) {
      const vandal = stage.subscriber.subscribe(
        "a",
        (one) => {
          (one.data as { total: number }).total = 99;
        },
        { onError: () => {} },
      );
      const subscription = stage.subscriber.subscribe("a");
      await Promise.all([vandal.ready, subscription.ready]);
      await stage.publisher.publish("a", changeable());
      await stage.settle();
      const given = "a handler that writes into the event";
      check("others get the event as it was published", {
        given,
        expected: [changeable()],
        actual: await take(subscription, 1),
      });
    },
  },
]);
