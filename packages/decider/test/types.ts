/** Types that must compile, and errors that must be found: an unused `@ts-expect-error` is a compile error. */
import type { EventStore, EventsOf } from "@aether/core";
import { type CommandsOf, commandHandler, type Decider, defineDecider, foldEvents, testDecider } from "../src/index.ts";
import { type Order, type OrderCommand, type OrderEvent, OrderRefused, orders } from "./support/orders.ts";

type CounterEvent = EventsOf<{ Added: { by: number }; Reset: { reason?: string } }>;
type CounterCommand = CommandsOf<{ Add: { by: number }; Reset: object }>;
type Counter = { readonly total: number };

export const counter: Decider<CounterEvent, CounterCommand, Counter> = defineDecider<
  CounterEvent,
  CounterCommand,
  Counter
>({
  initialState: () => ({ total: 0 }),
  decide: {
    Add: (_, { by }, { event }) => [event("Added", { by }), event("Reset", {}, { metadata: { why: "test" } })],
    Reset: async (state, _, { event, version, actorId, signal }) => {
      signal?.throwIfAborted();
      if (state.total === 0 || version === 0 || actorId === "") return;
      return event("Reset", {}, { id: "reset", timestamp: "2000-01-01T00:00:00Z" });
    },
  },
  evolve: { Added: ({ total }, { data }) => ({ total: total + data.by }), Reset: () => ({ total: 0 }) },
  snapshot: { version: 1, toJson: (state) => state, fromJson: (json: Counter) => ({ total: json.total }) },
});

const { decide, evolve } = counter;

defineDecider<CounterEvent, CounterCommand, Counter>({
  initialState: { total: 0 },
  // @ts-expect-error Reset is missing
  decide: { Add: () => undefined },
  evolve,
});
defineDecider<CounterEvent, CounterCommand, Counter>({
  initialState: { total: 0 },
  // @ts-expect-error there is no command Remove
  decide: { ...decide, Remove: () => undefined },
  evolve,
});
defineDecider<CounterEvent, CounterCommand, Counter>({
  initialState: { total: 0 },
  decide,
  // @ts-expect-error Reset is missing
  evolve: { Added: (state) => state },
});
defineDecider<CounterEvent, CounterCommand, Counter>({
  initialState: { total: 0 },
  decide,
  evolve: {
    // @ts-expect-error the total must be a number
    Added: () => ({ total: "0" }),
    Reset: () => ({ total: 0 }),
  },
});
defineDecider<CounterEvent, CounterCommand, Counter>({
  initialState: { total: 0 },
  decide: {
    // @ts-expect-error Added declares no colour
    Add: (_, { by }, { event }) => event("Added", { by, colour: "red" }),
    // @ts-expect-error there is no event Removed
    Reset: (_state, _command, { event }) => event("Removed", {}),
  },
  evolve,
});
defineDecider<CounterEvent, CounterCommand, Counter>({
  initialState: { total: 0 },
  decide: {
    // @ts-expect-error a plain object could have undeclared data: use event()
    Add: (_, { by }) => ({ eventType: "Added", data: { by } }),
    // @ts-expect-error the data of another event
    Reset: (_state, _command, { event }) => event("Added", { reason: "x" }),
  },
  evolve,
});
// @ts-expect-error the initial state is of another type
defineDecider<CounterEvent, CounterCommand, Counter>({ initialState: { sum: 0 }, decide, evolve });

export async function tests(): Promise<void> {
  const { given, event } = testDecider<OrderEvent, OrderCommand, Order>(orders);
  const placed = event("OrderPlaced", { customerId: "c-1", lines: [] });
  await given(placed)
    .when({ type: "PayOrder", amount: 5 })
    .thenEvents(event("OrderPaid", { amount: 5 }));
  await given({ eventType: "OrderPaid", data: { amount: 1 } })
    .when({ type: "PayOrder", amount: 5 })
    .thenNothing();
  await given().when({ type: "PayOrder", amount: 5 }).thenRejects(OrderRefused);
  await given().when({ type: "PayOrder", amount: 5 }).thenRejects("ORDER_REFUSED");
  await given()
    .when({ type: "PayOrder", amount: 5 })
    .thenRejects(/cannot pay/);
  await given()
    .when({ type: "PayOrder", amount: 5 })
    .thenRejects((error) => error instanceof Error);
  await given().when({ type: "CancelOrder" }).thenState({ status: "none" });
  // @ts-expect-error the amount is missing
  given().when({ type: "PayOrder" });
  // @ts-expect-error there is no such status
  await given().when({ type: "CancelOrder" }).thenState({ status: "lost" });
  // @ts-expect-error there is no such event
  given(event("OrderLost", {}));
  // @ts-expect-error a check must not make the object look like a promise
  given().when({ type: "CancelOrder" }).then;
}

/** A store may have events of several kinds of actors. */
export function stores(
  shop: EventStore<OrderEvent | CounterEvent>,
  own: EventStore<CounterEvent>,
  other: EventStore<OrderEvent>,
): void {
  commandHandler(shop, counter).handle("counter-1", { type: "Add", by: 1 });
  commandHandler<CounterEvent, CounterCommand, Counter>(own, counter);
  // @ts-expect-error the store has no events of a counter
  commandHandler(other, counter);
  // @ts-expect-error the amount of an order is no field of this command
  commandHandler(shop, counter).handle("counter-1", { type: "Add", amount: 1 });
  const events: readonly (OrderEvent | CounterEvent)[] = [];
  const total: number = foldEvents(counter, events, { total: 1 }).total;
  // @ts-expect-error the state is of another type
  foldEvents(counter, events, { sum: total });
}
