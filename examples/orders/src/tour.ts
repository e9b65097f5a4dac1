import { type EventStore, MetadataKeys } from "@aether/core";
import { commandHandler } from "@aether/decider";
import { httpStatusOf } from "./http-status.ts";
import { type Order, type OrderCommand, type OrderEvent, orders } from "./order.ts";

const actorId = "order-1";
const place: OrderCommand = { type: "PlaceOrder", customer: "ann", items: ["lamp", "bulb"] };
const ship = (carrier: string): OrderCommand => ({ type: "ShipOrder", carrier });

/** A tour of event sourcing. It works with any event store. */
export async function tour(store: EventStore<OrderEvent>, say: (line: string) => void): Promise<Order> {
  // 1. Place an order. The handler decides, and saves the event.
  const handler = commandHandler(store, orders);
  const request = { commandId: "request-7", metadata: { [MetadataKeys.userId]: "ann" } };
  const placed = await handler.handle(actorId, place, request);
  say(`placed: version ${placed.version}`);

  // 2. The client repeats its request, because it got no answer. It gets the same answer, and nothing is saved.
  const repeat = await handler.handle(actorId, place, request);
  say(`request-7 again: version ${repeat.version}, repeated: ${repeat.repeated}`);

  // 3. Two clerks in two processes see version 1, and both ship the order. One of them decides again after a conflict.
  const other = commandHandler(store, orders);
  await other.load(actorId);
  const clerks = await Promise.all([handler.handle(actorId, ship("DHL")), other.handle(actorId, ship("UPS"))]);
  for (const { events, attempts } of clerks) say(`clerk: ${events.length} event(s) after ${attempts} attempt(s)`);

  // 4. A command that the rules do not allow is rejected, and so is one for a version that is no longer current.
  for (const [id, options] of [["order-2"], [actorId, { expectedVersion: 1 }]] as const) {
    await handler.handle(id, ship("DHL"), options).catch((error) => say(`${httpStatusOf(error)}: ${error.message}`));
  }

  // 5. The state is computed from the events.
  const events = await store.getEvents(actorId);
  const { state } = await handler.load(actorId);
  say(`${events.length} events: ${state.items.join(" and ")} ${state.status} with ${state.carrier}`);
  return state;
}
