import type { Event } from "@aether/core";
import { check, checkFrozen } from "../checks/check.ts";
import { collect, range } from "../samples/events.ts";
import { frozenPartsOf, type MutableEvent, mutableEvent, mutateEvent } from "../samples/mutable-event.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { takeEvents } from "./receiving.ts";

type Line = { price: number; tags: string[] };

/** Functions that freeze an event to different depths. */
const partlyFrozen: readonly ((event: MutableEvent) => void)[] = [
  Object.freeze,
  (event) => [event, event.data].map(Object.freeze),
  (event) => [event, event.metadata].map(Object.freeze),
  (event) => [event, event.data, event.metadata].map(Object.freeze),
  (event) => [event, event.data, event.data.lines, event.metadata].map(Object.freeze),
  (event) => [event, event.data, event.data.lines, event.data.lines[0], event.metadata].map(Object.freeze),
];

/** Changes every part of an event that is not frozen. */
function changeUnfrozenParts({ data, metadata }: MutableEvent): void {
  const [line] = data.lines as [Line];
  if (!Object.isFrozen(line.tags)) line.tags.push("changed");
  if (!Object.isFrozen(line)) line.price = 2;
  if (!Object.isFrozen(data.lines)) data.lines.push("changed");
  if (!Object.isFrozen(data)) data.total = 2;
  if (!Object.isFrozen(metadata)) metadata.traceId = "changed";
}

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
    name: "an event that is frozen only in part is copied when publish is called",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      const frozen: MutableEvent[] = [];
      for (const freeze of partlyFrozen) {
        const mine = mutableEvent();
        freeze(mine);
        frozen.push(mine);
        await context.publisher.publish("a", mine);
      }
      await context.settle();
      for (const mine of frozen) changeUnfrozenParts(mine);
      const delivered = await takeEvents(subscription, frozen.length);
      const given = "events that are frozen to different depths, and changed below that depth after publish";
      const expected = partlyFrozen.map(() => mutableEvent());
      check("changing what is not frozen does not change the delivered event", { given, expected, actual: delivered });
      for (const each of delivered) checkFrozen("delivered events are deeply frozen", given, each);
    },
  },
  {
    name: "an object that is changed and published again is delivered as it was at each call",
    async run(context) {
      const subscription = context.subscriber.subscribe(">");
      await subscription.ready;
      const mine = mutableEvent();
      const publishing: Promise<void>[] = [];
      for (const total of [1, 2, 3]) {
        mine.data.total = total;
        mine.data.lines.push(total);
        publishing.push(context.publisher.publish(`a${total % 2}`, mine));
      }
      await Promise.all(publishing);
      await context.settle();
      await context.subscriber.close();
      const actual = (await collect(subscription)).map(({ data }) => data as { total: number; lines: unknown[] });
      const expected = [1, 2, 3].map((total) => ({ total, lines: [...mutableEvent().data.lines, ...range(1, total)] }));
      const given = "one object, published three times and changed before each call";
      // Two namespaces: their events may arrive in any order.
      const sorted = [...actual].sort((left, right) => left.total - right.total);
      check("each call publishes the event as it is then", { given, expected, actual: sorted });
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
