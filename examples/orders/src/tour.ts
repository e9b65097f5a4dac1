import { type EventStore, isVersionConflictError, MetadataKeys, type SaveReceipt } from "@aether/core";
import { appendWithRetry } from "@aether/retry";
import { evolve, noOrder, type Order, type OrderEvent } from "./order.ts";

const actorId = "order-1";

/** Ten minutes with an event store: any that keeps the contract. */
export async function tour(store: EventStore<OrderEvent>, say: (line: string) => void): Promise<Order> {
  // 1. Place an order. The writer says which version it is; the store makes id and timestamp.
  const placed = await store.saveEvent({
    actorId,
    version: 1,
    eventType: "OrderPlaced",
    data: { customer: "ann", items: ["lamp", "bulb"] },
    metadata: { [MetadataKeys.correlationId]: "request-7" },
  });
  say(`placed: version ${placed.version}`);

  // 2. Two clerks read version 1, and both ship. Each saves the version that it read + 1: one of them wins.
  const seen = await store.getLatestVersion(actorId);
  const ship = (carrier: string): Promise<SaveReceipt> =>
    store.saveEvent({ actorId, version: seen + 1, eventType: "OrderShipped", data: { carrier } });
  const [first, second] = await Promise.allSettled([ship("DHL"), ship("UPS")]);
  say(`first clerk: ${first.status}, second clerk: ${second.status}`);

  // 3. The loser is told exactly what happened.
  if (second.status === "rejected" && isVersionConflictError(second.reason)) {
    const { attemptedVersion, currentVersion } = second.reason;
    say(`conflict: wanted version ${attemptedVersion}, the latest is ${currentVersion}`);
  }

  // 4. Or it lets a retry decide again on what is true now: the order is shipped already, there is nothing to do.
  const decision = await appendWithRetry(store, actorId, async ({ events }) => {
    const order = (await events()).reduce(evolve, noOrder);
    return order.status === "shipped" ? undefined : { eventType: "OrderShipped", data: { carrier: "UPS" } };
  });
  say(`second clerk, deciding again: ${decision.saved ? "shipped" : "nothing to do"}`);

  // 5. Replay: the state is what the events say.
  const events = await store.getEvents(actorId);
  const order = events.reduce(evolve, noOrder);
  say(`${events.length} events replayed: ${order.items.join(" and ")} ${order.status} with ${order.carrier}`);
  return order;
}
