import { runInNewContext } from "node:vm";
import {
  type CallOptions,
  type EventsOf,
  EventTooLargeError,
  MetadataKeys,
  type NewEvent,
  type SaveReceipt,
  StoreUnavailableError,
  VersionConflictError,
} from "@aether/core";
import { CircuitBreaker, simple } from "@aether/retry";
import { MemoryEventStore } from "@aether/store-memory";
import { describe, expect, test, vi } from "vitest";
import { type CommandHandlerOptions, type CommandsOf, commandHandler, defineDecider } from "../src/index.ts";
import {
  type AccountDecide,
  type AccountEvent,
  accounts,
  accountsWith,
  changed,
  deposit,
  empty,
  Overdrawn,
  withdraw,
} from "./support/accounts.ts";
import { basicStore } from "./support/basic-store.ts";
import { InstantClock } from "./support/instant.ts";
import { orders } from "./support/orders.ts";
import { lost, ScriptedStore, type Step, storedButUnanswered, unknownOutcome } from "./support/scripted-store.ts";

function setUp(options: CommandHandlerOptions = {}, ...steps: Step[]) {
  const store = new ScriptedStore<AccountEvent>(...steps);
  const clock = new InstantClock();
  const handler = commandHandler(store, accounts, { clock, ...options });
  const other = commandHandler(store, accounts, { clock });
  return { store, handler, other, clock };
}

describe("a command", () => {
  test("is decided on the actor's state, and its events are saved", async () => {
    const { store, handler } = setUp();
    const result = await handler.handle("a", deposit(5));
    expect(result).toEqual({
      events: await store.getEvents("a"),
      state: { balance: 5 },
      version: 1,
      receipts: [expect.objectContaining({ version: 1 })],
      repeated: false,
      attempts: 1,
    });
    expect(await handler.handle("a", withdraw(3))).toMatchObject({
      events: [{ data: { by: -1 } }, { data: { by: -2 } }],
      state: { balance: 2 },
      version: 3,
    });
  });

  test("that is rejected saves nothing, and rejects with the error of the decider", async () => {
    const { store, handler } = setUp();
    await expect(handler.handle("a", withdraw())).rejects.toBeInstanceOf(Overdrawn);
    expect(store.saves).toEqual([]);
  });

  test("with nothing to do saves nothing", async () => {
    const { handler } = setUp();
    const nothing = { events: [], receipts: [], repeated: false, attempts: 1 };
    expect(await handler.handle("a", empty)).toEqual({ ...nothing, state: { balance: 0 }, version: 0 });
    await handler.handle("a", deposit(2));
    await handler.handle("a", empty);
    expect(await handler.handle("a", empty)).toEqual({ ...nothing, state: { balance: 0 }, version: 2 });
  });

  test("of an unknown type is rejected", async () => {
    const { handler } = setUp();
    for (const command of [{ type: "toString" }, { type: "Lost" }, {}, undefined]) {
      await expect(handler.handle("a", command as never)).rejects.toMatchObject({ code: "AETHER_UNKNOWN_COMMAND" });
    }
  });

  test("for an actor with an event of an unknown type is rejected", async () => {
    const store = new MemoryEventStore();
    await store.saveEvent({ actorId: "a", version: 1, eventType: "Strange", data: {} });
    const handler = commandHandler(store as never, orders);
    const error = { code: "AETHER_UNKNOWN_EVENT", actorId: "a", eventType: "Strange", version: 1 };
    await expect(handler.handle("a", { type: "CancelOrder" })).rejects.toMatchObject(error);
    await expect(handler.load("a")).rejects.toMatchObject(error);
  });

  test("whose events the decider does not evolve saves nothing", async () => {
    const store = new ScriptedStore<AccountEvent>();
    const { initialState, decide } = accounts;
    const handler = commandHandler(store, defineDecider({ initialState, decide, evolve: {} as never }));
    await expect(handler.handle("a", deposit())).rejects.toMatchObject({ code: "AETHER_UNKNOWN_EVENT" });
    expect(store.saves).toEqual([]);
  });

  test.each([
    [null, "null"],
    ["Changed", "Changed"],
    [[undefined], "undefined"],
    [{ type: "Changed", data: { by: 1 } }, "an object without an eventType"],
    [[{ type: "Changed", data: { by: 1 } }], "an object without an eventType"],
  ])("that returns %o instead of an event is rejected", async (decision, found) => {
    for (const returned of [decision, Promise.resolve(decision)]) {
      const store = new ScriptedStore<AccountEvent>();
      const handler = commandHandler(store, accountsWith({ Deposit: () => returned as never }));
      const error = await handler.handle("a", deposit()).catch((reason) => reason);
      expect(error).toMatchObject({ code: "AETHER_INVALID_DECISION", commandType: "Deposit" });
      expect(error.message).toMatch(`decide.Deposit returned ${found} instead of an event;`);
      expect(store.saves).toEqual([]);
    }
  });

  test.each<[string, AccountDecide]>([
    ["", (_, { amount }, { event }) => void event("Changed", { by: amount })],
    [
      " later",
      async (_, { amount }, { event }) => {
        await undefined;
        event("Changed", { by: amount });
      },
    ],
  ])("that makes an event%s, but lacks its return, is rejected", async (_, Deposit) => {
    const store = new ScriptedStore<AccountEvent>();
    const error = await commandHandler(store, accountsWith({ Deposit }))
      .handle("a", deposit())
      .catch((reason) => reason);
    expect(error).toMatchObject({ code: "AETHER_INVALID_DECISION", commandType: "Deposit" });
    expect(error.message).toContain("decide.Deposit made an event, but returned nothing; return the event, or []");
    expect(store.saves).toEqual([]);
  });

  test("that makes an event, but returns [], has nothing to do", async () => {
    const Deposit: AccountDecide = (_, { amount }, { event }) => {
      const changed = event("Changed", { by: amount });
      return amount > 0 ? changed : [];
    };
    const handler = commandHandler(new MemoryEventStore<AccountEvent>(), accountsWith({ Deposit }));
    expect(await handler.handle("a", deposit(0))).toMatchObject({ events: [], version: 0 });
    expect(await handler.handle("a", deposit(1))).toMatchObject({ version: 1 });
  });

  test("with several events needs the capability batch", async () => {
    const handler = commandHandler(basicStore(new MemoryEventStore<AccountEvent>()), accounts);
    await handler.handle("a", deposit(5));
    await expect(handler.handle("a", withdraw(2))).rejects.toMatchObject({ code: "AETHER_UNSUPPORTED" });
    expect(await handler.handle("a", withdraw(1))).toMatchObject({ version: 2 });
  });

  test("does not share data with its events and states", async () => {
    const store = new MemoryEventStore<Parameters<typeof orders.evolve.OrderPlaced>[1]>();
    const handler = commandHandler(store as never, orders);
    const lines = [{ sku: "lamp", quantity: 1 }];
    const { events } = await handler.handle("o", { type: "PlaceOrder", customerId: "c", lines });
    lines.push({ sku: "bulb", quantity: 2 });
    expect(events).toMatchObject([{ data: { lines: [{ sku: "lamp", quantity: 1 }] } }]);
    expect(events).toEqual(await store.getEvents("o"));
    expect(Object.isFrozen(events[0]?.data)).toBe(true);
    expect(Object.isFrozen(lines)).toBe(false);
  });
});

describe("the data of an event", () => {
  test("is copied if its objects are from another realm, as in Jest", async () => {
    const { store, handler } = setUpItems();
    const item: { nested: { list: number[] } } = runInNewContext("({ nested: { list: [1] } })");
    const { events, state } = await handler.handle("a", { type: "AddItem", item });
    item.nested.list[0] = 2;
    item.nested = { list: [3] };
    const stored = await store.getEvents("a");
    expect(stored[0]?.data).toEqual({ item: { nested: { list: [1] } } });
    expect(events).toEqual(stored);
    expect(state).toEqual([{ nested: { list: [1] } }]);
  });

  test.each<[string, () => object]>([
    ["a symbol as a key", () => ({ [Symbol("a")]: 1 })],
    ["a hidden method toJSON", () => Object.defineProperty({ a: 1 }, "toJSON", { value: () => ({}) })],
    ["a property of an array", () => ({ match: /b/.exec("abc") })],
    ["a gap in an array", () => ({ list: new Array(1) })],
    ["a class instance", () => ({ date: new Date(0) })],
    ["inherited properties", () => Object.create({ a: 1 })],
  ])("with %s is rejected, as by the store, and not saved without it", async (_, itemOf) => {
    const { store, handler } = setUpItems();
    await expect(handler.handle("a", { type: "AddItem", item: itemOf() })).rejects.toMatchObject({
      code: "AETHER_INVALID_EVENT",
      path: expect.stringMatching(/^data\.item/),
    });
    expect(await store.getEvents("a")).toEqual([]);
  });

  function setUpItems() {
    type ItemEvent = EventsOf<{ ItemAdded: { item: object } }>;
    const decider = defineDecider<ItemEvent, CommandsOf<{ AddItem: { item: object } }>, readonly object[]>({
      initialState: [],
      decide: { AddItem: (_, { item }, { event }) => event("ItemAdded", { item }) },
      evolve: { ItemAdded: (items, { data }) => [...items, data.item] },
    });
    const store = new MemoryEventStore<ItemEvent>();
    return { store, handler: commandHandler(store, decider) };
  }
});

describe("metadata", () => {
  test("of the call is that of all events; that of an event takes precedence", async () => {
    const store = new MemoryEventStore<AccountEvent>();
    const noted = accountsWith({
      Deposit: (_, { amount }, { event }) => [
        event("Changed", { by: amount }),
        event("Changed", { by: 0 }, { metadata: { userId: "bob", commandId: "forged" } }),
      ],
    });
    const metadata = { correlationId: "r-1", causationId: "c-1", userId: "ann", traceId: "t", commandId: "forged" };
    await commandHandler(store, noted).handle("a", deposit(), { metadata, commandId: "command-1" });
    const shared = { ...metadata, [MetadataKeys.commandId]: "command-1" };
    expect(await store.getEvents("a")).toMatchObject([
      { metadata: shared },
      { metadata: { ...shared, userId: "bob" } },
    ]);
    await commandHandler(store, noted).handle("b", deposit(), { metadata });
    for (const event of await store.getEvents("b")) expect(event.metadata).not.toHaveProperty("commandId");
  });

  test.each([null, "text", ["text"], new Map([["a", "b"]])])("of an event that is %o is rejected", async (metadata) => {
    const decider = accountsWith({
      Deposit: (_, { amount }, { event }) => event("Changed", { by: amount }, { metadata: metadata as never }),
    });
    const handling = commandHandler(new MemoryEventStore<AccountEvent>(), decider).handle("a", deposit());
    await expect(handling).rejects.toMatchObject({ code: "AETHER_INVALID_EVENT", path: "metadata" });
  });

  test("is missing if the call has none", async () => {
    const { handler } = setUp();
    const { events } = await handler.handle("a", deposit());
    expect(events[0]).not.toHaveProperty("metadata");
  });
});

describe("a conflict", () => {
  test("leads to a new decision, after a read of only the new events", async () => {
    const { store, handler, other } = setUp();
    await handler.handle("a", deposit(3));
    await other.handle("a", deposit(4));
    store.reads.length = 0;
    expect(await handler.handle("a", withdraw(2))).toMatchObject({ attempts: 2, state: { balance: 5 }, version: 4 });
    expect(store.reads).toEqual([2]);
    expect(handler.counters).toMatchObject({ conflicts: 1, tailReads: 1, saves: 3, cacheHits: 1, cacheMisses: 1 });
  });

  test("can lead to a rejection", async () => {
    const { handler, other } = setUp();
    await handler.handle("a", deposit(3));
    await other.handle("a", withdraw(3));
    await expect(handler.handle("a", withdraw(2))).rejects.toBeInstanceOf(Overdrawn);
  });

  test("ends the call when the policy gives up", async () => {
    const conflicting: Step = async (save) => {
      await store.saveElsewhere(changed((await store.getLatestVersion("a")) + 1, 1));
      return save();
    };
    const { store, handler, clock } = setUp(
      { policy: simple({ maxAttempts: 3 }) },
      conflicting,
      conflicting,
      conflicting,
    );
    await expect(handler.handle("a", deposit())).rejects.toMatchObject({
      code: "AETHER_RETRIES_EXHAUSTED",
      attempts: 3,
      elapsedMs: 300,
    });
    expect(clock.sleeps).toEqual([100, 200]);
    expect(await handler.handle("a", deposit())).toMatchObject({ attempts: 2, version: 4 });
  });

  test("is reported to onRetry, and counts for a circuit breaker", async () => {
    const onRetry = vi.fn();
    const breaker = new CircuitBreaker({ failureThreshold: 2 });
    const { handler, other } = setUp({ onRetry, policy: breaker.around(simple()) });
    await handler.handle("a", deposit());
    await other.handle("a", deposit());
    expect(await handler.handle("a", deposit())).toMatchObject({ attempts: 2 });
    expect(onRetry).toHaveBeenCalledTimes(1);
    vi.spyOn(MemoryEventStore.prototype, "saveEvent").mockImplementation(async ({ version }) => {
      throw new VersionConflictError({ actorId: "a", attemptedVersion: version, currentVersion: version });
    });
    await expect(handler.handle("a", deposit())).rejects.toMatchObject({ code: "AETHER_CIRCUIT_OPEN" });
    await expect(handler.handle("a", deposit())).rejects.toMatchObject({ code: "AETHER_CIRCUIT_OPEN" });
    expect(handler.counters.saves).toBe(5);
  });
});

describe("an expected version", () => {
  test("that the actor has is accepted", async () => {
    const { store, handler } = setUp();
    expect(await handler.handle("a", deposit(), { expectedVersion: 0 })).toMatchObject({ version: 1 });
    expect(store.reads).toEqual([]); // a new actor needs no read
    expect(await handler.handle("a", deposit(), { expectedVersion: 1 })).toMatchObject({ version: 2 });
    expect(await handler.handle("a", deposit(), { expectedVersion: 2 })).toMatchObject({ version: 3 });
  });

  test.each([0, 1, 3, 9])(
    "that the actor does not have is a conflict, without a retry: %i",
    async (expectedVersion) => {
      const { store, handler, other } = setUp();
      await other.handle("a", deposit());
      await other.handle("a", deposit());
      const conflict = { code: "AETHER_VERSION_CONFLICT", attemptedVersion: expectedVersion + 1, currentVersion: 2 };
      await expect(handler.handle("a", deposit(), { expectedVersion })).rejects.toMatchObject(conflict);
      await handler.load("a");
      await expect(handler.handle("a", deposit(), { expectedVersion })).rejects.toMatchObject(conflict);
      expect(await store.getLatestVersion("a")).toBe(2);
    },
  );

  test("above the cached version is verified, and one that was current is saved once only", async () => {
    const { handler, other } = setUp();
    await handler.handle("a", deposit());
    await other.handle("a", deposit());
    expect(await handler.handle("a", deposit(), { expectedVersion: 2 })).toMatchObject({ version: 3, attempts: 1 });
    await other.handle("a", deposit());
    await expect(handler.handle("a", deposit(), { expectedVersion: 3 })).rejects.toMatchObject({
      code: "AETHER_VERSION_CONFLICT",
      currentVersion: 4,
    });
  });

  test("is not compared with an old state if the command is rejected", async () => {
    const { handler, other } = setUp();
    await handler.handle("a", deposit());
    await other.handle("a", deposit());
    await expect(handler.handle("a", withdraw(2), { expectedVersion: 1 })).rejects.toMatchObject({
      code: "AETHER_VERSION_CONFLICT",
    });
    await expect(handler.handle("b", withdraw(), { expectedVersion: 0 })).rejects.toBeInstanceOf(Overdrawn);
  });
});

describe("a rejection", () => {
  test("on an old state is verified first", async () => {
    const { handler, other } = setUp();
    await handler.handle("a", deposit());
    await other.handle("a", deposit(9));
    expect(await handler.handle("a", withdraw(5))).toMatchObject({ state: { balance: 5 } });
    expect(handler.counters).toMatchObject({ verifications: 1, tailReads: 1 });
  });

  test("is not accepted from a read that began before the command came", async () => {
    const { store, handler, other } = setUp();
    await handler.handle("a", deposit());
    let command: Promise<unknown> | undefined;
    store.afterRead = async () => {
      store.afterRead = undefined;
      // The read has its events. Another writer saves, and then the command comes.
      await other.handle("a", deposit(9));
      command = handler.handle("a", withdraw(5));
    };
    await handler.load("a");
    expect(await command).toMatchObject({ state: { balance: 5 } });
  });

  test("is accepted without a read after a save that began when the command was there", async () => {
    const { store, handler } = setUp();
    await handler.handle("a", deposit());
    store.reads.length = 0;
    const results = await Promise.allSettled([
      handler.handle("a", withdraw()),
      handler.handle("a", deposit(0)),
      handler.handle("a", withdraw()),
      handler.handle("a", empty),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
    expect(store.reads).toEqual([]);
  });

  test("of many commands that come together needs at most two reads", async () => {
    const { store, handler } = setUp();
    const calls = Array.from({ length: 20 }, () => handler.handle("a", withdraw()));
    const results = await Promise.allSettled(calls);
    expect(results.every(({ status }) => status === "rejected")).toBe(true);
    expect(store.reads.length).toBeLessThanOrEqual(2);
  });

  test("by an asynchronous decision is verified even if a load has read new events meanwhile", async () => {
    const { store, other } = setUp();
    let deciding: (() => Promise<unknown>) | undefined;
    const slow = accountsWith({
      Empty: async (state, command, context) => {
        await deciding?.();
        return accounts.decide.Empty(state, command, context);
      },
    });
    const handler = commandHandler(store, slow);
    await handler.load("a");
    deciding = async () => {
      deciding = undefined;
      await other.handle("a", deposit(9));
      await handler.load("a");
    };
    expect(await handler.handle("a", empty)).toMatchObject({ state: { balance: 0 }, events: [{ data: { by: -9 } }] });
  });
});

describe("a command id", () => {
  test("makes a repeat return the events of the first call", async () => {
    const { handler, other, store } = setUp();
    await handler.handle("a", deposit(5));
    const first = await handler.handle("a", withdraw(3), { commandId: "w" });
    await other.handle("a", deposit(1));
    for (const again of [handler, other, commandHandler(store, accounts)]) {
      const repeat = await again.handle("a", withdraw(3), { commandId: "w" });
      expect(repeat).toMatchObject({ events: first.events, receipts: undefined, repeated: true, attempts: 1 });
    }
    expect(await store.getLatestVersion("a")).toBe(4);
    expect(handler.counters.repeats).toBe(1);
  });

  test("is looked for before the expected version, and before the decision", async () => {
    const { handler, other } = setUp();
    const options = { commandId: "w", expectedVersion: 1 };
    await handler.handle("a", deposit(3));
    await handler.handle("a", withdraw(3), options);
    expect(await handler.handle("a", withdraw(3), options)).toMatchObject({ repeated: true });
    expect(await other.handle("a", withdraw(3), options)).toMatchObject({ repeated: true });
  });

  test.each([undefined, 1])(
    "is found after a conflict with the first call, expected version %s",
    async (expectedVersion) => {
      const { handler, other } = setUp();
      await handler.handle("a", deposit(3));
      await other.load("a");
      const first = await handler.handle("a", withdraw(2), { commandId: "w", expectedVersion });
      const repeat = await other.handle("a", withdraw(2), { commandId: "w", expectedVersion });
      expect(repeat).toMatchObject({ events: first.events, repeated: true, version: 3 });
      expect(other.counters).toMatchObject({ conflicts: 1 });
    },
  );

  test("of a command that saved nothing is decided again", async () => {
    const { handler } = setUp();
    await expect(handler.handle("a", withdraw(), { commandId: "w" })).rejects.toBeInstanceOf(Overdrawn);
    await handler.handle("a", deposit());
    expect(await handler.handle("a", withdraw(), { commandId: "w" })).toMatchObject({ repeated: false, version: 2 });
  });

  test("belongs to one actor", async () => {
    const { handler } = setUp();
    await handler.handle("a", deposit(), { commandId: "d" });
    expect(await handler.handle("b", deposit(), { commandId: "d" })).toMatchObject({ repeated: false });
  });

  test("is forgotten after others, unless repeats are exact", async () => {
    const { handler, store } = setUp({ rememberCommands: 2 });
    const ids = ["1", "2", "3", "4"];
    for (const commandId of ids) await handler.handle("a", deposit(), { commandId });
    expect(await handler.handle("a", deposit(), { commandId: "3" })).toMatchObject({ repeated: true });
    expect(await handler.handle("a", deposit(), { commandId: "2" })).toMatchObject({ repeated: false, version: 5 });
    const exact = commandHandler(store, accounts, { rememberCommands: 2, repeats: "exact" });
    for (const commandId of ids) {
      expect(await exact.handle("a", deposit(), { commandId })).toMatchObject({ repeated: true });
    }
    expect(await exact.handle("a", deposit(), { commandId: "5" })).toMatchObject({ repeated: false, version: 6 });
  });

  test("is found exactly in a store that cannot read lazily", async () => {
    const store = basicStore(new MemoryEventStore<AccountEvent>());
    const handler = commandHandler(store, accounts, { rememberCommands: 1, repeats: "exact" });
    for (const commandId of ["1", "2", "3"]) await handler.handle("a", deposit(), { commandId });
    expect(await handler.handle("a", deposit(), { commandId: "1" })).toMatchObject({ events: [{ version: 1 }] });
  });
});

describe("an unknown outcome", () => {
  test.each([
    ["was stored", storedButUnanswered, undefined],
    ["was lost", lost, [expect.objectContaining({ version: 1 })]],
  ])("is settled with the same events: the first save %s", async (_name, step, receipts) => {
    const { store, handler } = setUp({}, step);
    const result = await handler.handle("a", deposit(5), { commandId: "d" });
    expect(result).toEqual({
      events: await store.getEvents("a"),
      state: { balance: 5 },
      version: 1,
      receipts,
      repeated: false,
      attempts: 2,
    });
    expect(store.saves[1]).toEqual(store.saves[0]);
  });

  test("leads to a new decision if another writer was first", async () => {
    const { store, handler } = setUp({}, async (_save, ids) => {
      await store.saveElsewhere(changed(1, 7));
      throw unknownOutcome(ids);
    });
    expect(await handler.handle("a", deposit(1))).toMatchObject({ attempts: 3, version: 2, state: { balance: 8 } });
  });

  test("that remains unknown ends the call, and the state is not kept", async () => {
    const { handler, store } = setUp({ policy: simple({ maxAttempts: 2 }) });
    await handler.handle("a", deposit(5));
    vi.spyOn(store, "saveEvent").mockRejectedValue(unknownOutcome(["x"]));
    await expect(handler.handle("a", deposit())).rejects.toMatchObject({ code: "AETHER_OUTCOME_UNKNOWN" });
    expect(handler.counters.actors).toBe(0);
    vi.restoreAllMocks();
    store.reads.length = 0;
    expect(await handler.handle("a", deposit())).toMatchObject({ state: { balance: 6 } });
    expect(store.reads).toEqual([0]);
  });

  test("of another process with the same ids returns the stored events", async () => {
    let by = 0;
    const chosen = accountsWith({
      Deposit: (_state, _command, { event }) => event("Changed", { by: ++by }, { id: "mine" }),
    });
    const store = new MemoryEventStore<AccountEvent>();
    const [one, two] = [commandHandler(store, chosen), commandHandler(store, chosen)];
    await Promise.all([one.load("a"), two.load("a")]);
    await one.handle("a", deposit());
    expect(await two.handle("a", deposit())).toMatchObject({
      events: [{ data: { by: 1 } }],
      state: { balance: 1 },
      receipts: undefined,
      repeated: true,
    });
  });
});

describe("an error of the store", () => {
  test.each([
    new StoreUnavailableError({ operation: "save", reason: "down" }),
    new EventTooLargeError({ actorId: "a", sizeBytes: 2, limitBytes: 1 }),
  ])("ends the call unchanged: $code", async (error) => {
    const { handler, store } = setUp();
    await handler.handle("a", deposit());
    vi.spyOn(store, "saveEvent").mockRejectedValueOnce(error);
    await expect(handler.handle("a", deposit())).rejects.toBe(error);
    vi.spyOn(store, "getEvents").mockRejectedValueOnce(error);
    await expect(handler.handle("b", deposit())).rejects.toBe(error);
    expect(await handler.handle("a", deposit())).toMatchObject({ version: 2 });
  });
});

describe("commands of one actor", () => {
  test("are handled one after the other, in the order of the calls, without conflicts", async () => {
    const { handler } = setUp();
    const results = await Promise.all(Array.from({ length: 50 }, (_, index) => handler.handle("a", deposit(index))));
    expect(results.map(({ version }) => version)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
    expect(handler.counters).toMatchObject({ conflicts: 0, fullReads: 1, commands: 50 });
  });

  test("of different actors run at the same time", async () => {
    const { handler, store } = setUp();
    let reading = 0;
    let highest = 0;
    store.beforeRead = async () => {
      highest = Math.max(highest, ++reading);
      await new Promise(setImmediate);
      reading--;
    };
    await Promise.all(["a", "b", "c"].map((id) => handler.handle(id, deposit())));
    expect(highest).toBe(3);
  });

  test("continue after one that failed", async () => {
    const { handler } = setUp();
    const [failed, ...others] = await Promise.allSettled([
      handler.handle("a", withdraw()),
      handler.handle("a", deposit()),
      handler.handle("a", withdraw()),
    ]);
    expect(failed?.status).toBe("rejected");
    expect(others.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled"]);
  });
});

describe("the signal", () => {
  test("if already aborted, prevents the call", async () => {
    const { handler, store } = setUp();
    const reason = new Error("before");
    const signal = AbortSignal.abort(reason);
    await expect(handler.handle("a", deposit(), { signal })).rejects.toBe(reason);
    await expect(handler.load("a", { signal })).rejects.toBe(reason);
    expect(store.saves).toEqual([]);
    expect(handler.counters.actors).toBe(0);
  });

  test("ends a wait for the turn, and the others keep their order", async () => {
    const { handler, store } = setUp();
    const controller = new AbortController();
    const first = handler.handle("a", deposit(1));
    const second = handler.handle("a", deposit(2), { signal: controller.signal });
    const third = handler.handle("a", deposit(3));
    controller.abort(new Error("enough"));
    await expect(second).rejects.toThrow("enough");
    expect(await third).toMatchObject({ version: 2 });
    await first;
    expect((await store.getEvents("a")).map(({ data }) => data.by)).toEqual([1, 3]);
  });

  test("ends a decision that ignores it", async () => {
    const endless = accountsWith({ Deposit: () => new Promise<never>(() => {}) });
    const handler = commandHandler(new MemoryEventStore<AccountEvent>(), endless);
    const controller = new AbortController();
    const call = handler.handle("a", deposit(), { signal: controller.signal });
    setImmediate(() => controller.abort(new Error("enough")));
    await expect(call).rejects.toThrow("enough");
    await expect(handler.handle("a", withdraw())).rejects.toBeInstanceOf(Overdrawn);
  });

  test("is passed to saves, and a save in flight ends with an unknown outcome", async () => {
    const controller = new AbortController();
    const { handler, store } = setUp();
    await handler.handle("a", deposit());
    const saveEvent = vi.spyOn(store, "saveEvent");
    saveEvent.mockImplementationOnce((event: NewEvent<AccountEvent>, options?: CallOptions): Promise<SaveReceipt> => {
      expect(options?.signal).toBe(controller.signal);
      controller.abort(new Error("enough"));
      return Promise.reject(unknownOutcome([event.id as string]));
    });
    await expect(handler.handle("a", deposit(), { signal: controller.signal })).rejects.toMatchObject({
      code: "AETHER_OUTCOME_UNKNOWN",
    });
    expect(handler.counters.actors).toBe(0);
  });

  test("of one caller does not end a read that another one shares; that of all callers does", async () => {
    const { handler, store } = setUp();
    let reading: AbortSignal | undefined;
    let finish: () => void = () => {};
    const getEvents = vi.spyOn(store, "getEvents").mockImplementation(async (_actorId, _from, options) => {
      reading = options?.signal;
      await new Promise<void>((resolve, reject) => {
        finish = resolve;
        reading?.addEventListener("abort", () => reject(reading?.reason));
      });
      return [];
    });
    const [one, two] = [new AbortController(), new AbortController()];
    const calls = [one, two].map(({ signal }) => handler.handle("a", withdraw(), { signal }));
    const load = handler.load("a", { signal: two.signal });
    for (const call of [...calls, load]) call.catch(() => {});
    await new Promise(setImmediate);
    one.abort(new Error("one"));
    await expect(calls[0]).rejects.toThrow("one");
    two.abort(new Error("two"));
    await expect(load).rejects.toThrow("two");
    await expect(calls[1]).rejects.toThrow("two");
    await new Promise(setImmediate);
    expect(reading?.aborted).toBe(true);
    getEvents.mockRestore();
    finish();
    expect(await handler.handle("a", deposit())).toMatchObject({ version: 1 });
  });
});

describe("load", () => {
  test("returns the current state, including the events of other writers", async () => {
    const { handler, other } = setUp();
    expect(await handler.load("a")).toEqual({ state: { balance: 0 }, version: 0 });
    await other.handle("a", deposit(5));
    expect(await handler.load("a")).toEqual({ state: { balance: 5 }, version: 1 });
  });

  test("accepts a state up to the maximum age", async () => {
    const { handler, other, clock, store } = setUp();
    await handler.handle("a", deposit(5));
    await other.handle("a", deposit(1));
    store.reads.length = 0;
    clock.nowMs += 100;
    expect(await handler.load("a", { maxAgeMs: 100 })).toMatchObject({ state: { balance: 5 } });
    expect(await handler.load("a", { maxAgeMs: Number.POSITIVE_INFINITY })).toMatchObject({ version: 1 });
    expect(store.reads).toEqual([]);
    expect(await handler.load("a", { maxAgeMs: 99 })).toMatchObject({ state: { balance: 6 } });
    expect(store.reads).toEqual([2]);
  });

  test("shares a read with other calls", async () => {
    const { handler, store } = setUp();
    await Promise.all(Array.from({ length: 10 }, () => handler.load("a")));
    expect(store.reads.length).toBe(2);
  });

  test("does not wait for commands", async () => {
    let end: (value: undefined) => void = () => {};
    const slow = accountsWith({
      Empty: () =>
        new Promise<undefined>((resolve) => {
          end = resolve;
        }),
    });
    const handler = commandHandler(new MemoryEventStore<AccountEvent>(), slow);
    const call = handler.handle("a", { type: "Empty" });
    expect(await handler.load("a")).toMatchObject({ version: 0 });
    end(undefined);
    await call;
  });
});

describe("the cache", () => {
  test("keeps the most recently used actors", async () => {
    const { handler, store } = setUp({ cache: { maxActors: 2 } });
    for (const id of ["a", "b", "a", "c"]) await handler.handle(id, deposit());
    expect(handler.counters).toMatchObject({ actors: 2, evictions: 1 });
    store.reads.length = 0;
    await handler.handle("a", deposit());
    expect(store.reads).toEqual([]);
    await handler.handle("b", deposit());
    expect(store.reads).toEqual([0]);
    expect(handler.counters).toMatchObject({ actors: 2, evictions: 2 });
  });

  test("can be turned off", async () => {
    const { handler, store } = setUp({ cache: false });
    for (let call = 0; call < 3; call++) await handler.handle("a", deposit());
    expect(store.reads).toEqual([0, 0, 0]);
    expect(handler.counters).toMatchObject({ actors: 0, cacheHits: 0, fullReads: 3 });
  });

  test("never forgets an actor in use", async () => {
    const { handler } = setUp({ cache: { maxActors: 1 } });
    const calls = ["a", "b", "a", "c", "b", "a"].map((id) => handler.handle(id, deposit()));
    await Promise.all(calls);
    expect(handler.counters).toMatchObject({ actors: 1, conflicts: 0 });
  });
});

test.each([
  [{ expectedVersion: -1 }, "expectedVersion"],
  [{ expectedVersion: 1.5 }, "expectedVersion"],
  [{ commandId: "" }, "commandId"],
  [{ commandId: 1 as never }, "commandId"],
  [null as never, "options"],
  [7 as never, "options"],
  [{ signal: 7 as never }, "signal"],
  [{ signal: null as never }, "signal"],
  [{ metadata: "text" as never }, "metadata"],
  [{ metadata: null as never }, "metadata"],
  [{ metadata: ["text"] as never }, "metadata"],
  [{ metadata: new Map() as never }, "metadata"],
])("an invalid option of handle is rejected: %o", async (options, argument) => {
  const { handler } = setUp();
  await expect(handler.handle("a", deposit(), options)).rejects.toMatchObject({
    code: "AETHER_INVALID_ARGUMENT",
    argument,
  });
});

test.each([
  [{ cache: true as never }, "cache"],
  [{ cache: { maxActors: 0 } }, "cache.maxActors"],
  [{ rememberCommands: -1 }, "rememberCommands"],
  [{ repeats: "always" as never }, "repeats"],
  [{ snapshotEvery: 0 }, "snapshotEvery"],
  [{ onSnapshotFailed: 1 as never }, "onSnapshotFailed"],
  [{ maxElapsedMs: -1 }, "maxElapsedMs"],
])("an invalid option of the handler is rejected: %o", (options, argument) => {
  const store = new MemoryEventStore<AccountEvent>();
  expect(() => commandHandler(store, accounts, options)).toThrow(
    expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument }),
  );
});

test("an invalid store, decider or maximum age is rejected", async () => {
  const store = new MemoryEventStore<AccountEvent>();
  expect(() => commandHandler({} as never, accounts)).toThrow(expect.objectContaining({ argument: "store" }));
  expect(() => commandHandler(store, {} as never)).toThrow(expect.objectContaining({ argument: "decide" }));
  const handler = commandHandler(store, accounts);
  for (const [options, argument] of [
    [{ maxAgeMs: Number.NaN }, "maxAgeMs"],
    [{ signal: {} as never }, "signal"],
    [null as never, "options"],
  ] as const) {
    const code = "AETHER_INVALID_ARGUMENT";
    await expect(handler.load("a", options)).rejects.toMatchObject({ code, argument });
  }
});
