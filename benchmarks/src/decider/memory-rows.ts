import type { NewEvent } from "@aether/core";
import { commandHandler } from "@aether/decider";
import { MemoryEventStore } from "@aether/store-memory";
import { CommandHandler, type Event as EmmettEvent, getInMemoryEventStore } from "@event-driven-io/emmett";
import { type Comparison, moreRepetitions, type Side } from "../measure.ts";
import type { Sizes } from "../suite.ts";
import { addLine, noOrder, type Order, type OrderCommand, type OrderEvent, orders, withLine } from "./line-items.ts";

/** Commands in memory, compared with saves of the same events, and with emmett. */
export function memoryRows(sizes: Sizes): readonly Comparison[] {
  return [
    warmRow(sizes),
    {
      ...emmettRow(sizes, 100, 10),
      reason:
        "the save takes most of the time of a command, because it checks, copies and freezes the event, which emmett " +
        "does not do",
    },
    emmettRow(sizes, 1_000, 20),
  ];
}

/** The event that the command causes, at a version. */
export function lineAdded(actorId: string, version: number): NewEvent<OrderEvent> {
  const { sku, quantity, price, note } = addLine;
  return { actorId, version, eventType: "OrderLineAdded", data: { sku, quantity, price, note } };
}

function warmRow(sizes: Sizes): Comparison {
  const commands = sizes.quick ? 5_000 : 100_000;
  return {
    name: "handle a command whose actor is in the cache, in memory",
    against: "saveEvent of the same event, with a known version",
    unit: "commands/s",
    goal: 0.85,
    reason: "every state is frozen, and the data of each event is checked as thoroughly as by the store",
    // The speed of single runs varies by half, because of the garbage collector.
    repetitions: moreRepetitions(sizes),
    ours: {
      run: async () => {
        const handler = commandHandler(new MemoryEventStore<OrderEvent>(), orders);
        for (let command = 0; command < commands; command++) await handler.handle("order-1", addLine);
        return commands;
      },
    },
    baseline: {
      run: async () => {
        const store = new MemoryEventStore<OrderEvent>();
        for (let version = 1; version <= commands; version++) await store.saveEvent(lineAdded("order-1", version));
        return commands;
      },
    },
  };
}

/** Actors with the same number of events, in one store. */
interface Actors {
  readonly ids: readonly string[];
  readonly events: number;
  /** Commands for each actor. They make its history a tenth longer. */
  readonly commands: number;
}

function emmettRow({ quick, repetitions }: Sizes, events: number, goal: number): Comparison {
  const count = (quick ? 2_000 : 100_000) / events;
  const ids = Array.from({ length: count }, (_, index) => `order-${index}`);
  const actors = { ids, events, commands: events / 10 };
  const texts = [actors.commands, count, events].map((number) => number.toLocaleString("en"));
  return {
    name: `handle ${texts[0]} commands for each of ${texts[1]} actors with ${texts[2]} events, in memory`,
    against: "emmett's CommandHandler, which reads the events for each command",
    unit: "commands/s",
    goal,
    repetitions,
    ours: ourSide(actors),
    baseline: emmettSide(actors),
  };
}

/** The handler knows the states, as if it had handled a command of each actor before. */
function ourSide(actors: Actors): Side {
  const { ids, events } = actors;
  let handler: ReturnType<typeof commandHandler<OrderEvent, OrderCommand, Order>>;
  return {
    prepare: async () => {
      const store = new MemoryEventStore<OrderEvent>();
      for (const id of ids) {
        for (let version = 1; version <= events; version++) await store.saveEvent(lineAdded(id, version));
      }
      handler = commandHandler(store, orders);
      for (const id of ids) await handler.load(id);
    },
    run: () => forEach(actors, (id) => handler.handle(id, addLine)),
  };
}

type LineAdded = EmmettEvent<"OrderLineAdded", Omit<typeof addLine, "type">>;

function emmettSide(actors: Actors): Side {
  const { type: _, ...data } = addLine;
  const { ids, events } = actors;
  const handle = CommandHandler<Order, LineAdded>({
    evolve: (order, event) => withLine(order, event.data),
    initialState: () => noOrder,
  });
  const decide = (): LineAdded => ({ type: "OrderLineAdded", data: { ...data } });
  let store = getInMemoryEventStore();
  return {
    prepare: async () => {
      store = getInMemoryEventStore();
      const history = Array.from({ length: events }, (): LineAdded => ({ type: "OrderLineAdded", data }));
      for (const id of ids) await store.appendToStream(id, history);
    },
    run: () => forEach(actors, (id) => handle(store, id, decide)),
  };
}

async function forEach({ ids, commands }: Actors, handle: (id: string) => Promise<unknown>): Promise<number> {
  for (let command = 0; command < commands; command++) for (const id of ids) await handle(id);
  return ids.length * commands;
}
