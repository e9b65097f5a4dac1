import { EVENT_STORED, type Event, type EventStored } from "@aether/core";
import { check } from "../checks/check.ts";
import { collect, event, events, range, versionsOf } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { publishAll, publishAndSettle } from "./publishing.ts";
import { recordVersions, remainingVersions, takeEvents } from "./receiving.ts";

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
  data: { eventId: "a#3", eventType: "Tested", actorId: "a", version: 3, timestamp: "2026-11-24T12:00:00Z" },
  timestamp: "2026-11-24T12:00:01Z",
};

export const delivery: readonly BusCase[] = busCaseGroup("delivery", [
  {
    name: "every event arrives once and unchanged",
    async run(context) {
      const subscription = context.subscriber.subscribe("orders.eu");
      await subscription.ready;
      await publishAndSettle(context, "orders.eu", whole);
      await context.subscriber.close();
      const actual = await collect(subscription);
      check("a loop gets the events as they were published", { given: whole, expected: whole, actual });
    },
  },
  {
    name: "a handler gets the same events as a loop",
    async run(context) {
      const handled: Event[] = [];
      const subscription = context.subscriber.subscribe("orders.eu", (delivered) => {
        handled.push(delivered);
      });
      await subscription.ready;
      await publishAndSettle(context, "orders.eu", whole);
      await context.waitFor(`${whole.length} events`, () => handled.length >= whole.length);
      check("a handler gets the events as they were published", { given: whole, expected: whole, actual: handled });
    },
  },
  {
    name: "publishing without subscribers succeeds",
    setups: ["one bus"],
    async run({ publisher }) {
      await publisher.publish("no.subscribers", event("a", 1));
    },
  },
  {
    name: "an event can be published again, even if it is frozen",
    async run(context) {
      const subscription = context.subscriber.subscribe(">");
      await subscription.ready;
      const { metadata: _, ...bare } = event("a", 1);
      const frozen = Object.freeze({ ...bare, data: Object.freeze({}) });
      for (const namespace of ["x", "y", "x"]) await context.publisher.publish(namespace, frozen);
      await context.settle();
      await context.subscriber.close();
      const given = "one frozen event, published to x, y and x";
      check("a bus delivers an event again when it is published again", {
        given,
        expected: [1, 1, 1],
        actual: await remainingVersions(subscription),
      });
    },
  },
  {
    name: "the events of one publisher in a namespace arrive in order, even if publish is not awaited",
    async run(context) {
      const [exact, wildcard] = [context.subscriber.subscribe("a.x"), context.subscriber.subscribe("a.>")];
      await Promise.all([exact.ready, wildcard.ready]);
      const expected = range(1, 1_000);
      await Promise.all(events("a", expected).map((each) => context.publisher.publish("a.x", each)));
      await context.settle();
      await context.subscriber.close();
      const given = "1,000 events published without waiting";
      check("a subscription to the namespace gets the events in order", {
        given,
        expected,
        actual: await remainingVersions(exact),
      });
      check("a subscription to a pattern gets the events in order", {
        given,
        expected,
        actual: await remainingVersions(wildcard),
      });
    },
  },
  {
    name: "events of different sizes arrive in order",
    async run(context) {
      const subscription = context.subscriber.subscribe("a");
      await subscription.ready;
      const sent = range(1, 60).map((n) => event("a", n, { data: { text: "x".repeat(n % 3 === 0 ? 60_000 : 1) } }));
      await Promise.all(sent.map((each) => context.publisher.publish("a", each)));
      await context.settle();
      await context.subscriber.close();
      const given = "60 events published without waiting, every third of them with 60,000 characters";
      check("events arrive in the order in which they were published", {
        given,
        expected: versionsOf(sent),
        actual: await remainingVersions(subscription),
      });
    },
  },
  {
    name: "all subscribers get events in the same order, even if a handler publishes",
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
      await context.waitFor("50 events for each of two handlers", () => seen.every(({ length }) => length >= 50));
      const given = "a handler that publishes the next event for each event, and a second handler";
      const expected = [range(1, 50), range(1, 50)];
      check("both handlers get the events in the order in which they were published", {
        given,
        expected,
        actual: seen,
      });
    },
  },
  {
    name: "announcements of stored events are delivered like other events",
    async run(context) {
      const subscription = context.subscriber.subscribe("stored.>", { eventTypes: [EVENT_STORED] });
      await subscription.ready;
      await publishAndSettle(context, "stored.orders", [event("a", 3), announcement]);
      const actual = await takeEvents(subscription, 1);
      check("an announcement arrives unchanged", { given: announcement, expected: [announcement], actual });
    },
  },
  {
    name: "a bus receives its own events and those of other buses, each once",
    setups: ["two buses"],
    async run(context) {
      const { publisher: first, subscriber: second } = context;
      const third = await context.open();
      const received = await Promise.all([first, second, third].map((bus) => recordVersions(bus, "a.*")));
      const exact = await Promise.all([first, second, third].map((bus) => recordVersions(bus, "a.b")));
      for (const version of range(1, 10)) await first.publish("a.b", event("a", version));
      for (const version of range(11, 20)) await second.publish("a.b", event("a", version));
      for (const bus of [first, second, third]) await context.settle(bus);
      const all = [...received, ...exact];
      await context.waitFor("20 events for each of six handlers", () => all.every(({ length }) => length >= 20));
      const given = "10 events published by one bus, then 10 by another; three buses with two patterns each";
      for (const versions of all) {
        const actual = [...versions].sort((a, b) => a - b);
        check("every subscription gets every event once", { given, expected: range(1, 20), actual });
      }
    },
  },
  {
    name: "events on one channel do not arrive on another",
    async run(context) {
      const elsewhere = await context.openOnOtherChannel();
      const [there, here] = [await recordVersions(elsewhere, ">"), await recordVersions(context.subscriber, ">")];
      await publishAll(context, "a.b", events("a", [1, 2]));
      await elsewhere.publish("a.b", event("a", 7));
      await context.settle();
      await context.settle(elsewhere);
      await context.waitFor("the events of each channel", () => here.length > 1 && there.length > 0);
      const given = "two events on one channel, one on another";
      check("a channel delivers its own events only", {
        given,
        expected: [[1, 2], [7]],
        actual: [here, there],
      });
    },
  },
]);
