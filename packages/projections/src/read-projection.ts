import { type CallOptions, type DocumentStore, type Event, type FeedEventStore, invalid } from "@aether/core";
import { readFields, readSignal } from "@aether/store-kit";
import { DocumentProjectionReader } from "./documents/projection-reader.ts";
import type { Projection } from "./projection.ts";
import type { ProjectionReader } from "./reading/projection-reads.ts";

/** Options of `readProjection`. */
export interface ReadProjectionOptions extends CallOptions {
  /** Store of the documents: the one that the processes use that run the projection. The application closes it. */
  readonly documents: DocumentStore;
}

/**
 * Opens a projection only for reads, in a process that does not run it: other processes keep the documents current. It
 * reads the live version, as `runProjection` does, and never takes a lease. Until a process has run the projection for
 * the first time, reads find no documents: call `drain` before you accept requests.
 *
 * @throws `AETHER_INVALID_ARGUMENT` if an option is invalid
 * @throws `AETHER_INVALID_DOCUMENT`, `AETHER_STORE_UNAVAILABLE`, `AETHER_STORE_CLOSED`, `signal.reason`
 *
 * @example
 * ```ts
 * await using orders = await readProjection(store, orderSummaries, { documents });
 * const data = { item: "lamp" };
 * const receipt = await store.saveEvent({ actorId: "order-1", version: 1, eventType: "OrderPlaced", data });
 * const order = await orders.get("order-1", { atLeast: receipt, timeoutMs: 2_000 }); // includes the event
 * ```
 */
export async function readProjection<E extends Stored, D extends object, Stored extends Event = E>(
  store: FeedEventStore<Stored>,
  projection: Projection<E, D>,
  options: ReadProjectionOptions,
): Promise<ProjectionReader<D>> {
  const signal = readSignal(options);
  const { documents } = readFields(options, "options", ["documents"]);
  if (typeof store?.readFeed !== "function") throw invalid("store", "must be an event store with the capability feed");
  if (!Array.isArray(projection?.eventTypes)) throw invalid("projection", "must be the result of defineProjection");
  if (typeof documents?.getDocument !== "function") throw invalid("options.documents", "must be a document store");
  const reader = new DocumentProjectionReader<E, D>(store, projection, documents);
  await reader.start(signal);
  return reader;
}
