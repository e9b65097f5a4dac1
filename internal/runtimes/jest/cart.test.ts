/** A test of an application. `src/jest.ts` runs it with the configurations of docs/testing.md. */
import { type EventsOf, isVersionConflictError } from "@aether/core";
import { appendWithRetry } from "@aether/retry";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { MemoryEventStore } from "@aether/store-memory";
import { expect, test } from "@jest/globals";

type CartEvent = EventsOf<{ ItemAdded: { item: string } }>;

test("the second writer of a version gets a conflict", async () => {
  const store = new MemoryEventStore<CartEvent>();
  const save = (item: string) =>
    store.saveEvent({ actorId: "cart-1", version: 1, eventType: "ItemAdded", data: { item } });
  const [first, second] = await Promise.allSettled([save("lamp"), save("chair")]);
  expect(first?.status).toBe("fulfilled");
  expect(second?.status === "rejected" && isVersionConflictError(second.reason)).toBe(true);
  await appendWithRetry(store, "cart-1", () => ({ eventType: "ItemAdded", data: { item: "table" } }));
  expect(await store.getEvents("cart-1")).toHaveLength(2);
  await store.close();
});

test("the packages for NATS can be imported", () => {
  expect(typeof JetStreamEventStore.open).toBe("function");
});
