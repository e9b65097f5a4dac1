import { EVENT_STORED, type Event, type EventStored } from "@aether/core";
import { theme } from "./bus-case.ts";
import { frozen, same } from "./checks.ts";
import { eventOf, eventsUpTo, publishAll, takeAll, until } from "./samples.ts";

export const delivery = theme("delivery", {
  "every event arrives once, as it was published": async ({ publisher, subscriber, settle }) => {
    const events: Event[] = [
      eventOf(1),
      eventOf(2, { data: {} }),
      eventOf(3, {
        data: JSON.parse('{"__proto__":{"x":null},"text":"\\u0000\u2028💥","deep":[[[1e-7,-0.5]]]}') as object,
      }),
      eventOf(Number.MAX_SAFE_INTEGER, { actorId: "a.b c*>", timestamp: "2026-02-28T12:00:00.123456789+05:30" }),
    ];
    const { metadata: _, ...bare } = eventOf(5);
    events.push(bare);
    const subscription = subscriber.subscribe("a");
    await subscription.ready;
    await publishAll({ publisher, subscriber, settle }, "a", events);
    await settle();
    await subscriber.close();
    const received: Event[] = [];
    for await (const event of subscription) received.push(event);
    same(received, events, "what arrived");
  },

  "events are frozen at every depth, and detached from the publisher's": async ({ publisher, subscriber, settle }) => {
    const subscription = subscriber.subscribe("a");
    await subscription.ready;
    const mine = eventOf(1, { data: { lines: [{ sku: "lamp" }] } });
    const publishing = publisher.publish("a", mine);
    (mine.data as { lines: { sku: string }[] }).lines.push({ sku: "smuggled" });
    await publishing;
    await settle();
    for await (const event of subscription) {
      frozen(event, "event");
      same(event.data, { lines: [{ sku: "lamp" }] }, "the data");
      break;
    }
  },

  "an event that is frozen already can be published, again and again": async ({ publisher, subscriber, settle }) => {
    const subscription = subscriber.subscribe(">");
    await subscription.ready;
    const event = Object.freeze(eventOf(1, { data: Object.freeze({}), metadata: Object.freeze({}) }));
    for (const namespace of ["a", "b", "a"]) await publisher.publish(namespace, event);
    await settle();
    await subscriber.close();
    same(await takeAll(subscription), [1, 1, 1], "what arrived");
  },

  "the order of a publisher is kept, without waiting for each": async ({ publisher, subscriber, settle }) => {
    const [one, all] = [subscriber.subscribe("a.x"), subscriber.subscribe("a.>")];
    await Promise.all([one.ready, all.ready]);
    await Promise.all(eventsUpTo(1_000).map((event) => publisher.publish("a.x", event)));
    await settle();
    await subscriber.close();
    const versions = eventsUpTo(1_000).map(({ version }) => version);
    same(await takeAll(one), versions, "the exact namespace");
    same(await takeAll(all), versions, "the pattern");
  },

  "everyone gets the events in the same order, also those that a handler publishes": async (stage) => {
    const { publisher, subscriber } = stage;
    const seen: [number[], number[]] = [[], []];
    const answering = subscriber.subscribe("a", async ({ version }) => {
      seen[0].push(version);
      if (version < 50) await publisher.publish("a", eventOf(version + 1));
    });
    const listening = subscriber.subscribe("a", ({ version }) => {
      seen[1].push(version);
    });
    await Promise.all([answering.ready, listening.ready]);
    await publisher.publish("a", eventOf(1));
    await until(() => seen.every(({ length }) => length === 50), "fifty events, twice");
    const versions = eventsUpTo(50).map(({ version }) => version);
    same(seen, [versions, versions], "what was seen");
  },

  "announcements of stored events go the same way": async ({ publisher, subscriber, settle }) => {
    const announcement: EventStored = {
      id: "announcement-1",
      eventType: EVENT_STORED,
      actorId: "order-1",
      version: 3,
      data: { eventId: "event-3", actorId: "order-1", version: 3, timestamp: "2026-11-24T12:00:00Z" },
      timestamp: "2026-11-24T12:00:01Z",
    };
    const subscription = subscriber.subscribe("stored.>", { eventTypes: [EVENT_STORED] });
    await subscription.ready;
    await publisher.publish("stored.orders", eventOf(3));
    await publisher.publish("stored.orders", announcement);
    await settle();
    for await (const event of subscription) {
      same(event, announcement, "the announcement");
      break;
    }
  },
});
