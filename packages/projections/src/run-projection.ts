import { type Event, type FeedEventStore, invalid } from "@aether/core";
import { DocumentProjection } from "./documents/document-projection.ts";
import { MemoryProjection } from "./memory/memory-projection.ts";
import type { Projection } from "./projection.ts";
import { type RunProjectionOptions, resolveRunOptions } from "./run-options.ts";
import type { RunningProjection } from "./running-projection.ts";

/**
 * Keeps a projection current until it is stopped, and reads its documents.
 *
 * With a document store, it resolves as soon as this process takes part. Any number of processes can run the same
 * projection: they share the partitions, and take over from processes that end. Without one, the documents are in
 * memory: it resolves once they are built.
 *
 * The projection may be defined for some of the store's events, for example for those of one kind of actor.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if an option is invalid, or the projection reads documents that are not `atomic`
 * @throws `AETHER_INVALID_ARGUMENT` if this version has already run with functions for other event types, or if
 * `documentId` was added or removed: increase `version` then
 * @throws `AETHER_PROJECTION_DROPPED` if this version was dropped
 * @throws `AETHER_PROCESSOR_STOPPED` if the documents are in memory, and an error has stopped their first build
 * @throws `AETHER_PROCESSOR_MISMATCH` if this version runs with another number of partitions
 * @throws `AETHER_INVALID_DOCUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`
 *
 * @example
 * ```ts
 * await using orders = await runProjection(store, orderSummaries, { documents });
 * const data = { item: "lamp" };
 * const receipt = await store.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data });
 * const order = await orders.get("order-1", { atLeast: receipt }); // includes the event
 * ```
 */
export async function runProjection<E extends Stored, D extends object, Stored extends Event = E>(
  store: FeedEventStore<Stored>,
  projection: Projection<E, D>,
  options: RunProjectionOptions = {},
): Promise<RunningProjection<D>> {
  if (typeof store?.readFeed !== "function") throw invalid("store", "must be an event store with the capability feed");
  const resolved = resolveRunOptions(projection, options);
  const { documents } = resolved;
  const feed = store as FeedEventStore as FeedEventStore<E>; // It reads only events of the projection's types.
  const running =
    documents === undefined
      ? new MemoryProjection<E, D>(feed, projection, resolved)
      : new DocumentProjection<E, D>(feed, projection, { ...resolved, documents });
  try {
    await running.start(resolved.signal);
  } catch (error) {
    await running.stop();
    throw error;
  }
  return running;
}
