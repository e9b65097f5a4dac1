import type { EventBroadcaster, EventStored, NewEvent } from "@aether/core";
import { describe, expect, test } from "vitest";
import { clients } from "./support/clients.ts";
import { onOneServer } from "./support/open-stores.ts";

const server = onOneServer();
const event = (actorId: string, version: number): NewEvent => ({ actorId, version, eventType: "Tested", data: {} });

describe.each(clients)("announcements through $client", (client) => {
  test("follow every save in the order of versions, but no conflict, and closing waits for them", async () => {
    const announced: (readonly [string, EventStored])[] = [];
    const bus = {
      publish: async (namespace: string, announcement: EventStored) => {
        await new Promise((resolve) => setImmediate(resolve));
        announced.push([namespace, announcement]);
      },
    } as unknown as EventBroadcaster<EventStored>;
    const store = await server.open(client, { bus, busNamespace: "orders" });
    const receipts = await Promise.all(
      ["a", "b"].flatMap((actorId) => [1, 2, 3].map((version) => store.saveEvent(event(actorId, version)))),
    );
    await expect(store.saveEvent(event("a", 3))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
    await store.saveEvents([event("a", 4), event("a", 5)]);
    await store.close();
    const of = (actorId: string): readonly EventStored[] =>
      announced.filter(([, each]) => each.actorId === actorId).map(([, each]) => each);
    expect(new Set(announced.map(([namespace]) => namespace))).toEqual(new Set(["orders"]));
    expect(of("a").map(({ version }) => version)).toEqual([1, 2, 3, 4, 5]);
    expect(of("b").map(({ data }) => data.eventId)).toEqual(receipts.slice(3).map(({ id }) => id));
  });
});
