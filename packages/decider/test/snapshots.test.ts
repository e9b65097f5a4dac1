import { MemoryEventStore } from "@aether/store-memory";
import { describe, expect, test, vi } from "vitest";
import { type CommandHandlerOptions, commandHandler, defineDecider, type SnapshotFailure } from "../src/index.ts";
import {
  type Account,
  type AccountCommand,
  type AccountEvent,
  accounts,
  accountsWith,
  deposit,
} from "./support/accounts.ts";
import { basicStore } from "./support/basic-store.ts";
import { storePlaces } from "./support/places.ts";
import { ScriptedStore } from "./support/scripted-store.ts";

function setUp(options: CommandHandlerOptions = { snapshotEvery: 3 }) {
  const store = new ScriptedStore<AccountEvent>();
  const failures: SnapshotFailure[] = [];
  const onSnapshotFailed = (failure: SnapshotFailure): void => void failures.push(failure);
  const handler = commandHandler(store, accounts, { onSnapshotFailed, ...options });
  const fresh = () => commandHandler(store, accounts, { onSnapshotFailed, ...options });
  const add = async (count: number) => {
    for (let index = 0; index < count; index++) await handler.handle("a", deposit(), { commandId: `command-${index}` });
    await handler.drain();
  };
  return { store, handler, fresh, add, failures };
}

const accountsOfVersion = (version: number) =>
  defineDecider<AccountEvent, AccountCommand, Account>({
    ...accounts,
    snapshot: {
      version,
      toJson: ({ balance }) => ({ cents: balance * 100 }),
      fromJson: ({ cents }: { cents: number }) => ({ balance: cents / 100 }),
    },
  });

describe("a snapshot", () => {
  test("is saved after every few events", async () => {
    const { store, handler, add } = setUp();
    await add(2);
    expect(await store.getLatestSnapshot("a")).toBeUndefined();
    await add(3);
    expect(await store.getLatestSnapshot("a")).toMatchObject({
      version: 3,
      state: { codecVersion: 1, state: { balance: 3 }, commandIds: { completeFrom: 0 } },
    });
    expect(handler.counters.snapshotsSaved).toBe(1);
  });

  test("is loaded instead of the events that it contains", async () => {
    const { store, fresh, add } = setUp();
    await add(4);
    store.reads.length = 0;
    expect(await fresh().load("a")).toEqual({ state: { balance: 4 }, version: 4 });
    expect(await fresh().handle("a", deposit())).toMatchObject({ state: { balance: 5 } });
    expect(store.reads).toEqual([4, 4]);
  });

  test("keeps the ids of commands", async () => {
    const { store, fresh, add } = setUp();
    await add(4);
    expect(await fresh().handle("a", deposit(), { commandId: "command-0" })).toMatchObject({
      repeated: true,
      events: [{ version: 1 }],
    });
    const exact = commandHandler(store, accounts, { rememberCommands: 1, repeats: "exact" });
    expect(await exact.handle("a", deposit(), { commandId: "command-1" })).toMatchObject({ repeated: true });
  });

  test("with fewer command ids than the handler remembers is ignored", async () => {
    const { store, add } = setUp({ snapshotEvery: 3, rememberCommands: 2 });
    await add(4);
    store.reads.length = 0;
    const handler = commandHandler(store, accounts, { rememberCommands: 3 });
    expect(await handler.handle("a", deposit(), { commandId: "command-1" })).toMatchObject({ repeated: true });
    expect(store.reads[0]).toBe(0);
  });

  test("of another version is ignored, and replaced later", async () => {
    const { store, add } = setUp();
    await add(4);
    const handler = commandHandler(store, accountsOfVersion(2), { snapshotEvery: 3 });
    expect(await handler.handle("a", deposit())).toMatchObject({ state: { balance: 5 } });
    await handler.drain();
    expect(await store.getLatestSnapshot("a")).toMatchObject({ version: 5, state: { state: { cents: 500 } } });
    expect(await commandHandler(store, accountsOfVersion(2)).load("a")).toMatchObject({ state: { balance: 5 } });
  });

  test("that was not saved by a handler is ignored", async () => {
    const { store, fresh, add, failures } = setUp({});
    await add(1);
    await store.saveSnapshot({ actorId: "a", version: 1, state: { balance: 77 } });
    expect(await fresh().load("a")).toMatchObject({ state: { balance: 1 } });
    expect(failures).toEqual([]);
  });

  test("is neither loaded nor saved without a codec, or without the capability", async () => {
    const { store } = setUp();
    const load = vi.spyOn(store, "getLatestSnapshot");
    const save = vi.spyOn(store, "saveSnapshot");
    await commandHandler(store, accountsWith({}), { snapshotEvery: 1 }).handle("a", deposit());
    await commandHandler(basicStore(store), accounts, { snapshotEvery: 1 }).handle("a", deposit());
    expect(load).not.toHaveBeenCalled();
    expect(save).not.toHaveBeenCalled();
  });
});

test.each([undefined, {}, { completeFrom: 0, ids: 7 }, { completeFrom: 0, ids: [null] }])(
  "a snapshot of another program with the command ids %j is reported, and the events are read",
  async (commandIds) => {
    const { store, fresh, add, failures } = setUp({});
    await add(2);
    await store.saveSnapshot({
      actorId: "a",
      version: 2,
      state: { codecVersion: 1, state: { balance: 7 }, commandIds },
    });
    const repeat = await fresh().handle("a", deposit(), { commandId: "command-0" });
    expect(repeat).toMatchObject({ repeated: true, version: 2, state: { balance: 2 } });
    expect(failures).toMatchObject([{ operation: "load" }]);
  },
);

describe("a snapshot that fails", () => {
  test("while it is saved is reported, and tried again after as many events", async () => {
    const { store, handler, add, failures } = setUp();
    const error = new Error("full");
    const save = vi.spyOn(store, "saveSnapshot").mockRejectedValue(error);
    await add(5);
    expect(failures).toEqual([{ actorId: "a", operation: "save", error }]);
    await handler.handle("a", deposit());
    await handler.drain();
    expect(save).toHaveBeenCalledTimes(2);
    expect(handler.counters).toMatchObject({ snapshotsSaved: 0, snapshotsFailed: 2 });
  });

  test("while it is loaded is reported, and the events are read", async () => {
    const { store, fresh, add, failures } = setUp();
    await add(4);
    const error = new Error("unreadable");
    vi.spyOn(store, "getLatestSnapshot").mockRejectedValue(error);
    expect(await fresh().load("a")).toMatchObject({ state: { balance: 4 } });
    expect(failures).toEqual([{ actorId: "a", operation: "load", error }]);
  });

  test.each(["toJson", "fromJson"])("in %s is reported, and the command succeeds", async (method) => {
    const error = new Error(method);
    const failing = () => {
      throw error;
    };
    const failures: SnapshotFailure[] = [];
    const store = new MemoryEventStore<AccountEvent>();
    const snapshot = { version: 1, toJson: () => ({}), fromJson: () => ({ balance: 0 }), [method]: failing };
    const decider = defineDecider<AccountEvent, AccountCommand, Account>({ ...accounts, snapshot });
    const options = { snapshotEvery: 1, onSnapshotFailed: (failure: SnapshotFailure) => void failures.push(failure) };
    const handler = commandHandler(store, decider, options);
    await handler.handle("a", deposit());
    await handler.drain();
    expect(await commandHandler(store, decider, options).load("a")).toMatchObject({ state: { balance: 1 } });
    expect(failures).toMatchObject([{ error }]);
  });

  test("is written to the console by default", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const store = new MemoryEventStore<AccountEvent>();
    vi.spyOn(store, "saveSnapshot").mockRejectedValue(new Error("full"));
    const handler = commandHandler(store, accounts, { snapshotEvery: 1 });
    await handler.handle("a", deposit());
    await handler.drain();
    expect(warn).toHaveBeenCalledWith('could not save a snapshot of actor "a":', expect.any(Error));
  });

  test("and whose report throws changes nothing, and the error is uncaught", async () => {
    const uncaught = vi.fn();
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException").once("uncaughtException", uncaught);
    const { store, handler } = setUp({
      snapshotEvery: 1,
      onSnapshotFailed: () => {
        throw new Error("listener");
      },
    });
    vi.spyOn(store, "saveSnapshot").mockRejectedValue(new Error("full"));
    await handler.handle("a", deposit());
    await handler.drain();
    await new Promise(setImmediate);
    for (const listener of listeners) process.on("uncaughtException", listener);
    expect(uncaught).toHaveBeenCalledTimes(1);
  });
});

test("a command does not wait for a snapshot", async () => {
  const { store, handler } = setUp({ snapshotEvery: 1 });
  let end: () => void = () => {};
  const save = vi.spyOn(store, "saveSnapshot").mockImplementation(
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
  );
  await handler.handle("a", deposit());
  expect(await handler.handle("a", deposit())).toMatchObject({ version: 2 });
  expect(save).toHaveBeenCalledTimes(1);
  let isDrained = false;
  const draining = handler.drain().then(() => {
    isDrained = true;
  });
  await new Promise(setImmediate);
  expect(isDrained).toBe(false);
  end();
  await draining;
});

describe.each(storePlaces())("on $name", ({ open }) => {
  test("a handler continues from the snapshot of another one, if the store has snapshots", async () => {
    const [one, two] = await open<AccountEvent>(2);
    if (one === undefined || two === undefined) return;
    const writer = commandHandler(one, accounts, { snapshotEvery: 5 });
    for (let index = 0; index < 7; index++) await writer.handle("a", deposit(), { commandId: `command-${index}` });
    await writer.drain();
    const hasSnapshots = one.supports.snapshots === true;
    expect(writer.counters).toMatchObject({ snapshotsSaved: hasSnapshots ? 1 : 0, snapshotsFailed: 0 });
    const reader = commandHandler(two, accounts);
    expect(await reader.handle("a", deposit(), { commandId: "command-1" })).toMatchObject({ repeated: true });
    expect(await reader.load("a")).toEqual({ state: { balance: 7 }, version: 7 });
    expect(reader.counters.eventsRead).toBe(hasSnapshots ? 2 : 7);
  });
});
