import { EVENT_STORED, type Event, type EventStore, type EventStored, MetadataKeys, supports } from "@aether/core";
import { check, outcomeOf } from "../checks/check.ts";
import { event, events, versionsOf } from "../samples/events.ts";
import { isRfc3339 } from "../samples/timestamps.ts";
import { type StoreCase, type StoreCaseContext, storeCaseGroup } from "../suite/store-case.ts";

interface Announced {
  readonly namespace: string;
  readonly announcement: EventStored;
}

/**
 * Saves events one after the other. Returns the announcements that were published until the store was closed. They are
 * grouped by actor, because a store may announce the events of different actors in any order.
 */
async function announced(context: StoreCaseContext, saved: readonly Event[]): Promise<readonly Announced[]> {
  const published: Announced[] = [];
  const publish = async (namespace: string, announcement: EventStored): Promise<void> => {
    published.push({ namespace, announcement });
  };
  const store = await context.openWithBus({ publish });
  for (const each of saved) await store.saveEvent(each);
  await store.close();
  return ["a", "b"].flatMap((actorId) => published.filter(({ announcement }) => announcement.actorId === actorId));
}

const tracing = {
  [MetadataKeys.correlationId]: "request 7",
  [MetadataKeys.traceId]: "trace 1",
  [MetadataKeys.spanId]: "span 2",
};

export const announcements: readonly StoreCase[] = storeCaseGroup("announcements", [
  {
    name: "every stored event is announced, with its id, type, actor, version and timestamp",
    needsHook: "openWithBus",
    async run(context) {
      const saved = [...events("a", [1, 2, 5]), event("b", 1, { eventType: "Größe geändert" })];
      const published = await announced(context, saved);
      check("each stored event is announced by an EventStored event of the same actor and version", {
        given: saved,
        expected: saved.map(({ actorId, version }) => ({ eventType: EVENT_STORED, actorId, version })),
        actual: published.map(({ announcement: { eventType, actorId, version } }) => ({ eventType, actorId, version })),
      });
      check("the data of an announcement refers to the stored event", {
        given: saved,
        expected: saved.map(({ id, eventType, actorId, version, timestamp }) => {
          return { eventId: id, eventType, actorId, version, timestamp };
        }),
        actual: published.map(({ announcement }) => announcement.data),
      });
      check("announcements are published to the configured namespace", {
        given: saved,
        expected: saved.map(() => "events"),
        actual: published.map(({ namespace }) => namespace),
      });
    },
  },
  {
    name: "an announcement is a complete event with an id of its own",
    needsHook: "openWithBus",
    async run(context) {
      const saved = events("a", [1, 2]);
      const published = await announced(context, saved);
      const ids = published.map(({ announcement }) => announcement.id);
      check("each announcement has a new id", {
        given: saved,
        expected: saved.length,
        actual: new Set(ids.filter((id) => !saved.some((each) => each.id === id))).size,
      });
      check("the timestamp of an announcement is an RFC 3339 date-time", {
        given: saved,
        expected: saved.map(() => true),
        actual: published.map(({ announcement }) => isRfc3339(announcement.timestamp)),
      });
    },
  },
  {
    name: "an announcement has the correlation and the trace of the stored event, which caused it",
    needsHook: "openWithBus",
    async run(context) {
      const saved = [event("a", 1, { metadata: { ...tracing, causationId: "command 3" } }), event("a", 2)];
      const published = await announced(context, saved);
      check("an announcement has the stored event's correlation id, trace id and span id, and its id as causation id", {
        given: saved,
        expected: [{ ...tracing, [MetadataKeys.causationId]: "a#1" }, { [MetadataKeys.causationId]: "a#2" }],
        actual: published.map(({ announcement }) => announcement.metadata),
      });
    },
  },
  {
    name: "rejected saves are not announced, and the announcements of an actor are in version order",
    needsHook: "openWithBus",
    async run(context) {
      const published: EventStored[] = [];
      const store = await context.openWithBus({
        publish: async (_, announcement) => {
          await Promise.resolve();
          published.push(announcement);
        },
      });
      const saves = [1, 2, 2, 3, 3, 4].map((version, index) =>
        store.saveEvent(event("a", version, { id: `e${index}` })),
      );
      const outcomes = await Promise.allSettled(saves);
      const last = await store.saveEvent(event("a", 5));
      await store.close();
      const stored = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
      check("the stored events are announced in version order, and no others", {
        given: { saved: [1, 2, 2, 3, 3, 4, 5] },
        expected: versionsOf([...stored, last]),
        actual: versionsOf(published),
      });
    },
  },
  {
    name: "a save does not wait for its announcement",
    needsHook: "openWithBus",
    async run(context) {
      let accept: () => void = () => {};
      const accepted = new Promise<void>((resolve) => {
        accept = resolve;
      });
      const store = await context.openWithBus({ publish: () => accepted });
      const given = "the bus has not accepted the announcement";
      try {
        await store.saveEvent(event("a", 1));
        await store.saveEvent(event("a", 2));
        check("getEvents returns events that are not announced yet", {
          given,
          expected: events("a", [1, 2]),
          actual: await store.getEvents("a"),
        });
      } finally {
        accept();
      }
    },
  },
  {
    name: "an event is announced only after it is stored",
    needsHook: "openWithBus",
    async run(context) {
      const early: EventStored[] = [];
      let count = 0;
      const store: EventStore = await context.openWithBus({
        publish: async (_, announcement) => {
          const stored = await store.getEvents(announcement.actorId);
          if (!stored.some(({ id }) => id === announcement.data.eventId)) early.push(announcement);
          count++;
        },
      });
      for (const version of [1, 2, 3]) await store.saveEvent(event("a", version));
      if (supports(store, "batch")) await store.saveEvents(events("a", [4, 5]));
      const { length } = await store.getEvents("a");
      const deadlineMs = performance.now() + 2_000;
      while (count < length && performance.now() < deadlineMs) await new Promise((resolve) => setTimeout(resolve, 1));
      check("an event can be read when it is announced", { given: { saved: length }, expected: [], actual: early });
    },
  },
  {
    name: "every event of a batch is announced once, in version order",
    needs: ["batch"],
    needsHook: "openWithBus",
    async run(context) {
      const published: EventStored[] = [];
      const store = await context.openWithBus({
        publish: async (_, announcement) => void published.push(announcement),
      });
      if (!supports(store, "batch")) return;
      const saved = [...events("a", [1, 2, 5]), event("a", 6)];
      await store.saveEvents(saved.slice(0, 3));
      await store.saveEvent(event("a", 6));
      await outcomeOf(store.saveEvents(events("a", [6, 7])));
      await store.close();
      check("each event of a batch is announced once, in version order", {
        given: { batch: [1, 2, 5], thenSaved: 6, thenRejected: [6, 7] },
        expected: saved.map(({ id, version }) => ({ id, version })),
        actual: published.map(({ version, data }) => ({ id: data.eventId, version })),
      });
    },
  },
  {
    name: "close resolves after the announcements that wait were published",
    needsHook: "openWithBus",
    async run(context) {
      const published: EventStored[] = [];
      let accept: () => void = () => {};
      const accepted = new Promise<void>((resolve) => {
        accept = resolve;
      });
      const store = await context.openWithBus({
        publish: async (_, announcement) => {
          await accepted;
          published.push(announcement);
        },
      });
      for (const version of [1, 2, 3]) await store.saveEvent(event("a", version));
      const closed = store.close();
      accept();
      await closed;
      check("close resolves after the waiting announcements were published", {
        given: "a bus that accepts events only after close was called",
        expected: [1, 2, 3],
        actual: versionsOf(published),
      });
    },
  },
]);
