/** Functions of a decider that change their arguments: found by `testDecider`, and harmless for the cache. */
import type { EventsOf } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { describe, expect, test } from "vitest";
import {
  type CommandsOf,
  commandHandler,
  type DecideMap,
  type Decider,
  type DeciderChecks,
  defineDecider,
  type EvolveMap,
  foldEvents,
  testDecider,
} from "../src/index.ts";
import { failure } from "./support/failure.ts";

class Owner {
  name = "";
}
type Cart = { total: number; items: string[]; byItem: Map<string, { count: number }>; owner: Owner; self?: Cart };
type Data = { item: string; tags: string[] };
type CartEvent = EventsOf<{ Added: Data }>;
type CartCommand = CommandsOf<{ Add: Data }>;
type Evolve = EvolveMap<CartEvent, Cart>["Added"];
type Decide = DecideMap<CartEvent, CartCommand, Cart>["Add"];

const lamp = { item: "lamp", tags: [] } as const;
const bulb = { item: "bulb", tags: [] };

function cart(): Cart {
  const state: Cart = { total: 0, items: [], byItem: new Map([["lamp", { count: 1 }]]), owner: new Owner() };
  state.self = state;
  return state;
}

const evolveWith =
  (change: (state: Cart, data: Data) => void): Evolve =>
  (state, { data }) => {
    change(state, data as Data);
    return state;
  };
const addItem: Evolve = (state, { data }) => ({ ...state, items: [...state.items, data.item] });
const decideAdded: Decide = (_, { item, tags }, { event }) => event("Added", { item, tags });

/** Deciders with an initial state, and with a function that returns it. */
function deciders(Added: Evolve, Add: Decide = decideAdded): readonly Decider<CartEvent, CartCommand, Cart>[] {
  return [cart, cart()].map((initialState) =>
    defineDecider<CartEvent, CartCommand, Cart>({ initialState, decide: { Add }, evolve: { Added } }),
  );
}

describe("testDecider", () => {
  const add = { type: "Add", item: "lamp", tags: [] } as const satisfies CartCommand;

  test("accepts functions that change nothing, even if the state contains itself", async () => {
    for (const decider of deciders(addItem)) {
      const { given, event } = testDecider(decider);
      await given(event("Added", bulb)).when(add).thenEvents(event("Added", lamp));
      await given(event("Added", bulb))
        .when(add)
        .thenState({ ...cart(), items: ["bulb", "lamp"] });
    }
  });

  test.each<[string, string, Evolve]>([
    ["a number", "state.total", evolveWith((state) => state.total++)],
    ["a list", "state.items", evolveWith((state, { item }) => state.items.push(item))],
    ["a map", "state.byItem", evolveWith((state) => state.byItem.clear())],
    [
      "a value of a map",
      "state.byItem[0][1].count",
      evolveWith((state) => Object.assign(state.byItem.get("lamp") ?? {}, { count: 2 })),
    ],
    ["a class instance", "state.owner.name", evolveWith((state) => Object.assign(state.owner, { name: "Ada" }))],
    ["the event", "event.data.tags", evolveWith((_, { tags }) => tags.push("new"))],
  ])("finds an evolve that changes %s", async (_, path, evolve) => {
    for (const decider of deciders(evolve)) {
      const { given, event } = testDecider(decider);
      const error = await failure(given(event("Added", lamp)).when(add).thenNothing());
      expect(error).toMatchObject({ name: "DeciderTestError" });
      expect(error.message).toContain("evolve.Added must not change its arguments");
      expect(error.message).toContain(`first difference at ${path}`);
    }
  });

  test("finds an evolve that changes the state after the command", async () => {
    for (const decider of deciders(evolveWith((state) => state.total++))) {
      const error = await failure(testDecider(decider).given().when(add).thenState(cart()));
      expect(error.message).toContain("first difference at state.total: expected 0, actual 1");
    }
  });

  const throwAfter: Decide = (state) => {
    state.total = 1;
    throw new Error("rejected");
  };
  test.each<[string, string, Decide]>([
    ["the state", "state.items", (state) => void state.items.push("lamp")],
    ["the command later", "command.tags", async (_, { tags }) => void (tags as string[]).push("new")],
    ["the state, and rejects the command", "state.total", throwAfter],
  ])("finds a decide that changes %s", async (_, path, decide) => {
    type Checks = DeciderChecks<CartEvent, Cart>;
    for (const decider of deciders(addItem, decide)) {
      for (const check of [(checks: Checks) => checks.thenNothing(), (checks: Checks) => checks.thenRejects(Error)]) {
        const checks = testDecider(decider)
          .given()
          .when({ ...add, tags: [] });
        const error = await failure(check(checks));
        expect(error.message).toContain("decide.Add must not change its arguments");
        expect(error.message).toContain(`first difference at ${path}`);
      }
    }
  });
});

describe("an evolve that changes the state", () => {
  const [item, tags] = ["lamp", [] as string[]];

  test.each<[string, Evolve]>([
    ["itself", evolveWith((state) => state.total++)],
    ["deeply", evolveWith((state) => state.items.push("lamp"))],
  ])("%s never changes the initial state", async (_, evolve) => {
    for (const decider of deciders(evolve)) {
      const store = new MemoryEventStore<CartEvent>();
      const handler = commandHandler(store, decider);
      await expect(handler.handle("a", { type: "Add", item, tags })).rejects.toThrow(TypeError);
      expect(await store.getEvents("a")).toEqual([]);
      await store.saveEvent({ actorId: "b", version: 1, eventType: "Added", data: { item, tags } });
      const events = await store.getEvents("b");
      expect(() => foldEvents(decider, events)).toThrow(TypeError);
      expect(foldEvents(decider, events.slice(1))).toEqual(cart());
      expect(await handler.load("a")).toEqual({ state: cart(), version: 0 });
    }
  });

  test("never changes a state in the cache", async () => {
    for (const cache of [undefined, false] as const) {
      // The first event replaces the initial state, which is frozen, too.
      const evolve: Evolve = (state, { version }) => {
        if (version === 1) return { ...state, total: 1 };
        state.total++;
        return state;
      };
      for (const decider of deciders(evolve)) {
        const store = new MemoryEventStore<CartEvent>();
        const handler = commandHandler(store, decider, { cache });
        const { state } = await handler.handle("a", { type: "Add", item, tags });
        await expect(handler.handle("a", { type: "Add", item, tags })).rejects.toThrow(TypeError);
        expect(state.total).toBe(1);
        expect(await handler.load("a")).toMatchObject({ state: { total: 1 }, version: 1 });
        expect(await store.getEvents("a")).toHaveLength(1);
      }
    }
  });
});

test("a state that is no plain object is not frozen", async () => {
  const counter = defineDecider<CartEvent, CartCommand, Map<string, number>>({
    initialState: () => new Map(),
    decide: { Add: (_, { item, tags }, { event }) => event("Added", { item, tags }) },
    evolve: { Added: (counts, { data }) => new Map(counts).set(data.item, (counts.get(data.item) ?? 0) + 1) },
  });
  const handler = commandHandler(new MemoryEventStore<CartEvent>(), counter);
  await handler.handle("a", { type: "Add", ...bulb });
  const { state } = await handler.handle("a", { type: "Add", ...bulb });
  expect(state).toEqual(new Map([["bulb", 2]]));
  expect(Object.isFrozen(state)).toBe(false);
});
