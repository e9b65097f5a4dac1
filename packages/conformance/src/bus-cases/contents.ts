import type { Event } from "@aether/core";
import { check, checkFrozen } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { allActorIds } from "../samples/hostile-actor-ids.ts";
import { hostileEvents } from "../samples/hostile-events.ts";
import { longText } from "../samples/hostile-texts.ts";
import { versionsOfEverySize } from "../samples/hostile-values.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { recordVersions, takeEvents } from "./receiving.ts";

const guarantee = "an event arrives unchanged, whatever it contains";

/** Events with hostile ids, types, actors, versions, timestamps, data and metadata. */
const hostile: readonly Event[] = hostileEvents("a").map((each, index) => ({
  ...each,
  actorId: allActorIds[(index * 3) % allActorIds.length] ?? "",
  version: versionsOfEverySize[index + 40] ?? index + 1,
}));

/** Events up to 300 KiB. An odd number of bytes and of UTF-16 units is first, so that blocks end inside characters. */
const large: readonly Event[] = [
  event("a", 1, { data: { text: longText(65_535, "é") } }),
  event("a", 2, { data: { text: `x${"中".repeat(40_000)}` } }),
  event("a", 3, { data: { text: `x${"\u{1F4A5}".repeat(40_000)}` }, metadata: { text: longText(4_097) } }),
  event("a", 4, { data: { text: longText(300_000) } }),
];

export const contents: readonly BusCase[] = busCaseGroup("delivery", [
  {
    name: "events with hostile contents arrive unchanged, in loops and in handlers",
    async run(context) {
      const handled: Event[] = [];
      const loop = context.subscriber.subscribe("a.b");
      const handler = context.subscriber.subscribe("a.*", (each) => void handled.push(each));
      await Promise.all([loop.ready, handler.ready]);
      await Promise.all(hostile.map((each) => context.publisher.publish("a.b", each)));
      await context.settle();
      await context.waitFor(`${hostile.length} events`, () => handled.length >= hostile.length);
      const looped = await takeEvents(loop, hostile.length);
      const given = "events with hostile ids, types, actors, versions, timestamps, data and metadata";
      check(guarantee, { given, expected: hostile, actual: looped });
      check(guarantee, { given: { events: given, handler: true }, expected: hostile, actual: handled });
      for (const each of [...looped, ...handled]) checkFrozen("received events are deeply frozen", given, each);
    },
  },
  {
    name: "large events arrive unchanged",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      for (const each of large) await context.publisher.publish("a", each);
      await context.settle();
      const given = "events of up to 300 KiB";
      check(guarantee, { given, expected: large, actual: await takeEvents(subscription, large.length) });
    },
  },
  {
    name: "many events that a handler publishes at once all arrive, in order",
    async run(context) {
      const { publisher, subscriber } = context;
      const publishing = subscriber.subscribe("start", async () => {
        await Promise.all(events("a", range(1, 300)).map((each) => subscriber.publish("a", each)));
      });
      const received = await recordVersions(subscriber, "a");
      await publishing.ready;
      await publisher.publish("start", event("a", 1));
      await context.waitFor("300 events", () => received.length >= 300);
      const given = "a handler that publishes 300 events without waiting";
      check("every event arrives once, in order", { given, expected: range(1, 300), actual: received });
    },
  },
]);
