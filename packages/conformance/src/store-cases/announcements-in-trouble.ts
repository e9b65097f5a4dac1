import type { EventStored } from "@aether/core";
import { check, outcomeOf } from "../checks/check.ts";
import { event, events, versionsOf } from "../samples/events.ts";
import { hostileEvents } from "../samples/hostile-events.ts";
import { versionsOfEverySize } from "../samples/hostile-values.ts";
import { type StoreCase, storeCaseGroup } from "../suite/store-case.ts";

export const announcementsInTrouble: readonly StoreCase[] = storeCaseGroup("announcements", [
  {
    name: "a bus that fails affects neither saves nor later announcements",
    needsHook: "openWithBus",
    async run(context) {
      const published: number[] = [];
      const store = await context.openWithBus({
        publish: (_, { version }) => {
          if (version === 1) return Promise.reject(new Error("from the bus"));
          if (version === 2) throw new Error("from the bus");
          published.push(version);
          return Promise.resolve();
        },
      });
      for (const each of events("a", [1, 2, 3, 4])) await store.saveEvent(each);
      const given = { saved: [1, 2, 3, 4], bus: "rejects version 1, and throws for version 2" };
      check("events are stored although the bus fails", {
        given,
        expected: events("a", [1, 2, 3, 4]),
        actual: await store.getEvents("a"),
      });
      await store.close();
      check("later events are announced after the bus has failed", { given, expected: [3, 4], actual: published });
    },
  },
  {
    name: "a save that is rejected for any reason is not announced",
    needsHook: "openWithBus",
    async run(context) {
      const published: EventStored[] = [];
      const store = await context.openWithBus({
        publish: async (_, announcement) => void published.push(announcement),
      });
      const text = "0123456789abcdef".repeat(128 * 1_024);
      const outcomes = [
        await outcomeOf(store.saveEvent(event("a", 1), { signal: AbortSignal.abort(new Error("enough")) })),
        await outcomeOf(store.saveEvent(event("a", 2, { data: { price: Number.NaN } }))),
        await outcomeOf(store.saveEvent(event("a", 3, { data: { text } }))),
        await outcomeOf(store.saveEvent(event("a", 4))),
        await outcomeOf(store.saveEvent(event("a", 4))),
      ];
      await store.close();
      await outcomeOf(store.saveEvent(event("a", 5)));
      check("exactly the stored events are announced", {
        given: "saves that are aborted, invalid, large, good, repeated, and after close",
        expected: outcomes.flatMap(({ status }, index) => (status === "fulfilled" ? [index + 1] : [])),
        actual: versionsOf(published),
      });
    },
  },
  {
    name: "an announcement refers to the id and the timestamp that the store has generated",
    needsHook: "openWithBus",
    async run(context) {
      const published: EventStored[] = [];
      const store = await context.openWithBus({
        publish: async (_, announcement) => void published.push(announcement),
      });
      const { id: _, timestamp: __, ...bare } = event("a", 1);
      const receipt = await store.saveEvent(bare);
      await store.close();
      check("an announcement has the id and the timestamp of the receipt", {
        given: bare,
        expected: [{ eventId: receipt.id, timestamp: receipt.timestamp }],
        actual: published.map(({ data: { eventId, timestamp } }) => ({ eventId, timestamp })),
      });
    },
  },
  {
    name: "events of every kind are announced, with their ids and types unchanged",
    needsHook: "openWithBus",
    async run(context) {
      const published: EventStored[] = [];
      const store = await context.openWithBus({
        publish: async (_, announcement) => void published.push(announcement),
      });
      const saved = hostileEvents("a")
        .filter((_, index) => index % 4 === 3)
        .map((each, index) => ({ ...each, version: versionsOfEverySize[6 * index] ?? 0 }));
      for (const each of saved) await store.saveEvent(each);
      await store.close();
      check("an announcement refers to its event exactly", {
        given: "events with hostile ids, types, versions and timestamps",
        expected: saved.map(({ id, eventType, actorId, version, timestamp }) => {
          return { version, data: { eventId: id, eventType, actorId, version, timestamp } };
        }),
        actual: published.map(({ version, data }) => ({ version, data })),
      });
    },
  },
]);
