import { supports } from "@aether/core";
import { describe, expect, test } from "vitest";
import { type CommandHandlerOptions, commandHandler } from "../src/index.ts";
import { type AccountEvent, accounts, deposit, empty, Overdrawn, withdraw } from "./support/accounts.ts";
import { storePlaces } from "./support/places.ts";

describe.each(storePlaces())("on $name", ({ open }) => {
  /** Creates handlers on stores of their own, and a store to read from. */
  async function handlersOf(count: number, options: CommandHandlerOptions = {}) {
    const stores = await open<AccountEvent>(count);
    const handlers = stores.map((store) => commandHandler(store, accounts, options));
    return { handlers, store: stores[0] as (typeof stores)[number] };
  }

  test("the events of a result are those that are stored", async () => {
    const { handlers, store } = await handlersOf(1);
    const metadata = { correlationId: "request-1" };
    const first = await handlers[0]?.handle("a", deposit(5), { metadata, commandId: "command-1" });
    const second = await handlers[0]?.handle("a", withdraw(3));
    expect([...(first?.events ?? []), ...(second?.events ?? [])]).toEqual(await store.getEvents("a"));
    const receipts = [...(first?.receipts ?? []), ...(second?.receipts ?? [])];
    expect(receipts.map(({ id }) => id)).toEqual((await store.getEvents("a")).map(({ id }) => id));
    expect(second).toMatchObject({ state: { balance: 2 }, version: 3 });
  });

  test("conflicts, old states, expected versions and repeats have the right outcomes", async () => {
    const { handlers } = await handlersOf(2);
    const [one, two] = handlers;
    const [first] = await Promise.all([one?.handle("a", deposit(5), { commandId: "d" }), two?.load("a")]);
    expect(await two?.handle("a", withdraw(2))).toMatchObject({ state: { balance: 3 }, version: 3 });
    expect(await one?.handle("a", deposit(1))).toMatchObject({ attempts: 2, state: { balance: 4 }, version: 4 });
    await expect(two?.handle("a", withdraw(5))).rejects.toBeInstanceOf(Overdrawn);
    await expect(two?.handle("a", deposit(), { expectedVersion: 3 })).rejects.toMatchObject({
      code: "AETHER_VERSION_CONFLICT",
      currentVersion: 4,
    });
    const repeat = await two?.handle("a", deposit(5), { commandId: "d", expectedVersion: 0 });
    expect(repeat).toMatchObject({ repeated: true, events: first?.events, receipts: undefined });
    expect(await one?.handle("a", empty)).toMatchObject({ state: { balance: 0 }, version: 5 });
    expect(await two?.handle("a", empty)).toMatchObject({ events: [], version: 5 });
    await expect(two?.handle("b", withdraw(), { expectedVersion: 0 })).rejects.toBeInstanceOf(Overdrawn);
  });

  test("the latest position includes the result of a repeat, and of a command with nothing to do", async () => {
    const { handlers, store } = await handlersOf(2);
    if (!supports(store, "feed")) throw new Error("the store has no feed");
    const [one, two] = handlers;
    const first = await one?.handle("a", deposit(5), { commandId: "d" });
    const repeat = await two?.handle("a", deposit(5), { commandId: "d" });
    expect(repeat).toMatchObject({ repeated: true, receipts: undefined });
    expect(await store.getLatestPosition()).toBe(first?.receipts?.at(-1)?.position);
    const emptied = await two?.handle("a", empty);
    const nothing = await one?.handle("a", empty);
    expect(nothing).toMatchObject({ events: [], receipts: [], version: 2 });
    expect(await store.getLatestPosition()).toBe(emptied?.receipts?.at(-1)?.position);
  });

  test("concurrent commands of several handlers are all saved once, with one read per conflict", async () => {
    const { handlers, store } = await handlersOf(4);
    const writers = Array.from({ length: 16 }, (_, index) => handlers[index % handlers.length]);
    const save = async (handler: (typeof handlers)[0] | undefined, writer: number): Promise<void> => {
      for (let command = 0; command < 4; command++) {
        const commandId = `${writer}-${command}`;
        // A client that sends each command twice.
        await Promise.all([1, 2].map(() => handler?.handle("a", deposit(), { commandId })));
      }
    };
    await Promise.all(writers.map(save));
    const events = await store.getEvents("a");
    expect(events.length).toBe(64);
    expect(new Set(events.map(({ metadata }) => metadata?.commandId)).size).toBe(64);
    for (const handler of handlers) {
      const { tailReads, fullReads, conflicts } = handler.counters;
      expect(tailReads + fullReads).toBeLessThanOrEqual(conflicts + 1);
      expect(await handler.load("a")).toEqual({ state: { balance: 64 }, version: 64 });
    }
  });
});
