import { type EventStore, isVersionConflictError, MetadataKeys, type SaveReceipt } from "@aether/core";
import { appendWithRetry } from "@aether/retry";
import { evolve, noOrder, type Order, type OrderEvent } from "./order.ts";

const actorId = "order-1";

/** A tour of event sourcing. It works with any event store. */
export async function tour(store: EventStore<OrderEvent>, say: (line: string) => void): Promise<Order> {
  // 1. Place an order. The writer chooses the version; the store adds the id and the timestamp.
  const placed = await store.saveEvent({
    actorId,
    version: 1,
    eventType: "OrderPlaced",
    data: { customer: "ann", items: ["lamp", "bulb"] },
    metadata: { [MetadataKeys.correlationId]: "request-7" },
  });
  say(`placed: version ${placed.version}`);

  // 2. Two clerks read version 1, and both ship the order. Each saves version 2, and only one succeeds.
  const latestVersion = await store.getLatestVersion(actorId);
  const ship = (carrier: string): Promise<SaveReceipt> =>
    store.saveEvent({ actorId, version: latestVersion + 1, eventType: "OrderShipped", data: { carrier } });
  const [first, second] = await Promise.allSettled([ship("DHL"), ship("UPS")]);
  say(`first clerk: ${first.status}, second clerk: ${second.status}`);

  // 3. The other clerk gets an error that describes the conflict.
  if (second.status === "rejected" && isVersionConflictError(second.reason)) {
    const { attemptedVersion, currentVersion } = second.reason;
    say(`conflict: tried to save version ${attemptedVersion}, but the latest version is ${currentVersion}`);
  }

  // 4. With a retry, the second clerk decides again, on the current state. The order is already shipped: nothing to do.
  const decision = await appendWithRetry(store, actorId, async ({ events }) => {
    const order = (await events()).reduce(evolve, noOrder);
    return order.status === "shipped" ? undefined : { eventType: "OrderShipped", data: { carrier: "UPS" } };
  });
  say(`second clerk decides again: ${decision.saved ? "shipped" : "nothing to do"}`);

  // 5. Replay: fold the events into the current state.
  const events = await store.getEvents(actorId);
  const order = events.reduce(evolve, noOrder);
  say(`${events.length} events replayed: ${order.items.join(" and ")} ${order.status} with ${order.carrier}`);
  return order;
}
