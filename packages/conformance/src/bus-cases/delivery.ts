import { EVENT_STORED, type Event, type EventStored } from "@aether/core";
import { check } from "../checks/check.ts";
import { collect, event, events, range, versionsOf } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { listen, publishAll, rest, send, take } from "./receiving.ts";

const whole: readonly Event[] = [
  event("a", 1),
  event("a", 2, { data: {} }),
  event("a", 3, {
    data: JSON.parse('{"__proto__":{"x":null},"text":"\\u0000\\u2028💥","deep":[[[1e-7,-0.5]]],"":{}}') as object,
  }),
  event("a.b c*>", Number.MAX_SAFE_INTEGER, { timestamp: "2026-02-28T12:00:00.123456789+05:30" }),
  event("e\u0301", 5, { eventType: "Größe geändert", metadata: { correlationId: "request 7", "": "" } }),
  event("a", 6, { data: { text: "x".repeat(100_000) } }),
];

const announcement: EventStored = {
  id: "announcement 1",
  eventType: EVENT_STORED,
  actorId: "a",
  version: 3,
  data: { eventId: "a#3", actorId: "a", version: 3, timestamp: "2026-11-24T12:00:00Z" },
  timestamp: "2026-11-24T12:00:01Z",
};

export const delivery: readonly BusCase[] = busCaseGroup("delivery", [
  {
    name: "every event arrives once, as it was published",
    async run(context) {
      const subscription = context.subscriber.subscribe("orders.eu");
      await subscription.ready;
      await send(context, "orders.eu", whole);
      await context.subscriber.close();
      const actual = await collect(subscription);
      check("what arrives is what was published", { given: whole, expected: whole, actual });
    },
  },
  {
    name: "a handler gets what a loop gets",
    async run(context) {
      const handled: Event[] = [];
      const subscription = context.subscriber.subscribe("orders.eu", (one) => {
        handled.push(one);
      });
      await subscription.ready;
      await send(context, "orders.eu", whole);
      await context.waitFor(`${whole.length} events`, () => handled.length >= whole.length);
      check("what a handler is called with is what was published", { given: whole, expected: whole, actual: handled });
    },
  },
  {
    name: "nobody needs to listen",
    setups: ["one bus"],
    async run({ publisher }) {
      await publisher.publish("nobody.listens", event("a", 1));
    },
  },
  {
    name: "an event can be published again, also when it is frozen",
    async run(context) {
      const subscription = context.subscriber.subscribe(">");
      await subscription.ready;
      const { metadata: _, ...bare } = event("a", 1);
      const frozen = Object.freeze({ ...bare, data: Object.freeze({}) });
      for (const namespace of ["x", "y", "x"]) await context.publisher.publish(namespace, frozen);
      await context.settle();
      await context.subscriber.close();
      const given = "one frozen event, published to x, y and x";
      check("a bus does not drop what it has seen before", {
        given,
        expected: [1, 1, 1],
        actual: await rest(subscription),
      });
    },
  },
  {
    name: "the order of a publisher in a namespace is kept, without waiting for each",
    async run(context) {
      const [one, all] = [context.subscriber.subscribe("a.x"), context.subscriber.subscribe("a.>")];
      await Promise.all([one.ready, all.ready]);
      const expected = range(1, 1_000);
      await Promise.all(events("a", expected).map((each) => context.publisher.publish("a.x", each)));
      await context.settle();
      await context.subscriber.close();
      const given = "1,000 events published at once";
      check("a subscription to the namespace gets them in order", { given, expected, actual: await rest(one) });
      check("a subscription to a pattern gets them in order", { given, expected, actual: await rest(all) });
    },
  },
  {
    name: "the order holds among events of different size",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      const sent = range(1, 60).map((n) => event("a", n, { data: { text: "x".repeat(n % 3 === 0 ? 60_000 : 1) } }));
      await Promise.all(sent.map((each) => context.publisher.publish("a", each)));
      await context.settle();
      await context.subscriber.close();
      const given = "60 events published at once, every third of 60,000 characters";
      check("events arrive in order", { given, expected: versionsOf(sent), actual: await rest(subscription) });
    },
  },
  {
    name: "everyone gets one order, also of what a handler publishes",
    setups: ["one bus"],
    async run(context) {
      const seen: [number[], number[]] = [[], []];
      const answering = context.subscriber.subscribe("a", async ({ version }) => {
        seen[0].push(version);
        if (version < 50) await context.publisher.publish("a", event("a", version + 1));
      });
      const listening = context.subscriber.subscribe("a", ({ version }) => {
        seen[1].push(version);
      });
      await Promise.all([answering.ready, listening.ready]);
      await context.publisher.publish("a", event("a", 1));
      await context.waitFor("50 events, for two handlers", () => seen.every(({ length }) => length >= 50));
      const given = "a handler that answers each event with the next one, and a second handler";
      const expected = [range(1, 50), range(1, 50)];
      check("both see the events in the order in which they were published", { given, expected, actual: seen });
    },
  },
  {
    name: "announcements of stored events go the same way",
    async run(context) {
      const subscription = context.subscriber.subscribe("stored.>", { eventTypes: [EVENT_STORED] });
      await subscription.ready;
      await send(context, "stored.orders", [event("a", 3), announcement]);
      const actual = await take(subscription, 1);
      check("an announcement arrives whole", { given: announcement, expected: [announcement], actual });
    },
  },
  {
    name: "a bus hears itself and the other bus, each event once",
    setups: ["two buses"],
    async run(context) {
      const { publisher: first, subscriber: second } = context;
      const third = await context.open();
      const heard = await Promise.all([first, second, third].map((bus) => listen(bus, "a.*")));
      const exact = await Promise.all([first, second, third].map((bus) => listen(bus, "a.b")));
      for (const version of range(1, 10)) await first.publish("a.b", event("a", version));
      for (const version of range(11, 20)) await second.publish("a.b", event("a", version));
      for (const bus of [first, second, third]) await context.settle(bus);
      const all = [...heard, ...exact];
      await context.waitFor("20 events, for six handlers", () => all.every(({ versions }) => versions.length >= 20));
      const given = "10 events of one bus, then 10 of another, heard through two patterns by three buses";
      for (const { versions } of all) {
        const actual = [...versions].sort((a, b) => a - b);
        check("every subscription gets every event once", { given, expected: range(1, 20), actual });
      }
    },
  },
  {
    name: "what is published in one place is not heard in another",
    async run(context) {
      const elsewhere = await context.openOnOtherChannel();
      const [there, here] = [await listen(elsewhere, ">"), await listen(context.subscriber, ">")];
      await publishAll(context, "a.b", events("a", [1, 2]));
      await elsewhere.publish("a.b", event("a", 7));
      await context.settle();
      await context.settle(elsewhere);
      await context.waitFor(
        "what was published in each place",
        () => here.versions.length > 1 && there.versions.length > 0,
      );
      const given = "two events published here, one in another place";
      check("places are apart", { given, expected: [[1, 2], [7]], actual: [here.versions, there.versions] });
    },
  },
]);
