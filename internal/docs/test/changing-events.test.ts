import { testEventStore } from "@aether/conformance";
import type { Event } from "@aether/core";
import { commandHandler, defineDecider } from "@aether/decider";
import { EventProcessor } from "@aether/processor";
import { defineProjection, runProjection } from "@aether/projections";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { type Programs, programsOf } from "./support/programs.ts";
import { scratchFolder } from "./support/scratch-folder.ts";

type Upcast = (event: Event) => Event;
type Upcasting = (store: MemoryEventStore, upcast: Upcast) => MemoryEventStore;

const folder = scratchFolder("changing-events");
let page: Programs;
let upcasting: Upcasting;
let upcast: Upcast;
let checkOrderEvent: Upcast;
beforeAll(async () => {
  page = await programsOf("docs/changing-events.md", folder);
  ({ upcasting } = await page.importOf<{ upcasting: Upcasting }>("upcasting.ts"));
  ({ upcast } = await page.importOf<{ upcast: Upcast }>("order-events.ts"));
  ({ checkOrderEvent } = await page.importOf<{ checkOrderEvent: Upcast }>("order-schemas.ts"));
});

testEventStore({
  name: "a store with the reads of the page",
  describe,
  test,
  supports: new MemoryEventStore().supports,
  createStorage: () => undefined,
  open: () => upcasting(new MemoryEventStore(), (event) => event),
});

test("the program prints the output that the page shows", async () => {
  expect(await page.run("old-order.ts")).toBe(page.outputOf("old-order.ts"));
});

/** A store with an order of old shapes. */
async function oldOrder(): Promise<MemoryEventStore> {
  const store = new MemoryEventStore();
  await store.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data: { item: "lamp" } });
  return store;
}

describe.each([
  ["the function", () => upcast],
  ["the schemas", () => checkOrderEvent],
])("with %s, old shapes are unknown to", (_, conversion) => {
  const itemsOf = (event: Event): number => (event.data as { items: readonly string[] }).items.length;

  test("commands", async () => {
    const store = upcasting(await oldOrder(), conversion());
    const decider = defineDecider({
      initialState: 0,
      decide: { CountItems: (items: number) => void expect(items).toBe(1) },
      evolve: { OrderPlaced: (items: number, event: Event) => items + itemsOf(event) },
    } as never) as Parameters<typeof commandHandler>[1];
    const { state, events } = await commandHandler(store, decider).handle("order-1", { type: "CountItems" });
    expect({ state, events }).toEqual({ state: 1, events: [] });
  });

  test("projections and processors", async () => {
    const store = upcasting(await oldOrder(), conversion());
    const projection = defineProjection<Event, { items: number }>({
      name: "items",
      version: 1,
      evolve: { OrderPlaced: (_: unknown, event: Event) => ({ items: itemsOf(event) }) },
    });
    const running = await runProjection(store, projection);
    expect(await running.get("order-1")).toEqual({ items: 1 });
    await running.stop();
    const handle = vi.fn();
    await using processor = new EventProcessor(store, { name: "p", documents: new MemoryDocumentStore(), handle });
    await processor.start();
    await processor.drain();
    expect(handle.mock.calls[0]?.[0]).toMatchObject({ actorId: "order-1", version: 1, data: { items: ["lamp"] } });
  });
});

test("every read converts, and a capability that reads nothing is that of the store", async () => {
  const store = upcasting(await oldOrder(), upcast);
  const converted = { actorId: "order-1", data: { items: ["lamp"] } };
  expect(await store.getEvents("order-1")).toMatchObject([converted]);
  expect(await store.getEventsWithErrors("order-1")).toMatchObject({ events: [converted], errors: [] });
  for await (const event of store.readEvents("order-1")) expect(event).toMatchObject(converted);
  for await (const { events } of store.readFeed()) expect(events).toMatchObject([{ event: converted }]);
  for await (const actorId of store.listActors()) expect(actorId).toBe("order-1");
  await store.saveSnapshot({ actorId: "order-1", version: 1, state: { items: 1 } });
  expect(await store.getLatestSnapshot("order-1")).toMatchObject({ version: 1, state: { items: 1 } });
});

test("an event that does not fit its schema fails the read, with its place", async () => {
  const store = await oldOrder();
  await store.saveEvent({ actorId: "order-2", version: 1, eventType: "OrderShipped", data: { carrier: 7 } });
  await store.saveEvent({ actorId: "order-3", version: 1, eventType: "toString", data: {} });
  const checked = upcasting(store, checkOrderEvent);
  await expect(checked.getEvents("order-2")).rejects.toThrow(/^invalid OrderShipped, version 1 of order-2: .*string/);
  await expect(checked.getEvents("order-3")).rejects.toThrow("there is no schema for toString, version 1 of order-3");
  expect(await checked.getEvents("order-1")).toMatchObject([{ data: { items: ["lamp"] } }]);
});

test("a processor stops before an event that does not fit, and the cause is the error", async () => {
  const store = new MemoryEventStore();
  await store.saveEvent({ actorId: "order-2", version: 1, eventType: "OrderShipped", data: { carrier: 7 } });
  const checked = upcasting(store, checkOrderEvent);
  const handle = vi.fn();
  await using processor = new EventProcessor(checked, { name: "p", documents: new MemoryDocumentStore(), handle });
  await processor.start();
  await expect(processor.untilStopped()).rejects.toMatchObject({
    code: "AETHER_PROCESSOR_STOPPED",
    cause: { message: expect.stringMatching(/^invalid OrderShipped, version 1 of order-2/) },
  });
  expect(handle).not.toHaveBeenCalled();
});
