import {
  type BatchEventStore,
  type DocumentStore,
  type FeedEventStore,
  isAetherError,
  isVersionConflictError,
  type ListingEventStore,
  type SnapshotStore,
  type StreamingEventStore,
} from "@aether/core";
import { commandHandler } from "@aether/decider";
import { EventProcessor } from "@aether/processor";
import { runProjection } from "@aether/projections";
import { appendWithRetry } from "@aether/retry";
import { expectEqual } from "./expect-equal.ts";
import { type OrderEvent, orderSummaries, orders } from "./orders.ts";

/** An event store with the capabilities that the program uses. */
export type FullEventStore = BatchEventStore<OrderEvent> &
  StreamingEventStore<OrderEvent> &
  FeedEventStore<OrderEvent> &
  ListingEventStore<OrderEvent> &
  SnapshotStore;

const actorId = "order-1";

/**
 * Uses empty stores in all ways in which an application does, with the packages that applications use. Closes the
 * stores.
 *
 * @throws {Error} something does not work; the message says what
 */
export async function useStores(events: FullEventStore, documents: DocumentStore): Promise<void> {
  await saveAndRead(events);
  await writeDocuments(documents);
  await react(events, documents);
  await events.close();
  await documents.close();
}

async function saveAndRead(store: FullEventStore): Promise<void> {
  const add = (version: number, item: string) =>
    ({ actorId, version, eventType: "ItemAdded", data: { item } }) as const;
  await store.saveEvent({ actorId, version: 1, eventType: "OrderPlaced", data: { item: "lamp" } });
  const writers = await Promise.allSettled([store.saveEvent(add(2, "chair")), store.saveEvent(add(2, "table"))]);
  const conflicts = writers.flatMap((each) => (each.status === "rejected" ? [each.reason as unknown] : []));
  expectEqual("conflicts of two writers", conflicts.map(isVersionConflictError), [true]);
  await store.saveEvents([add(3, "bed"), add(4, "sofa")]);

  const appends = Array.from({ length: 8 }, (_, index) =>
    appendWithRetry(store, actorId, async ({ events }) => {
      const known = await events();
      return { eventType: "ItemAdded", data: { item: `${index} after ${known.length}` } };
    }),
  );
  expectEqual("concurrent appends", new Set((await Promise.all(appends)).map(({ saved }) => saved)).size, 1);

  const versions: number[] = [];
  for await (const { version } of store.readEvents(actorId, { direction: "backward", limit: 3 }))
    versions.push(version);
  expectEqual("versions, read backward", versions, [12, 11, 10]);
  expectEqual("the latest version", await store.getLatestVersion(actorId), 12);

  await store.saveSnapshot({ actorId, version: 12, state: { items: 12 } });
  expectEqual("the snapshot", (await store.getLatestSnapshot(actorId))?.state, { items: 12 });

  const handler = commandHandler(store, orders);
  const paid = await handler.handle(actorId, { type: "PayOrder", cents: 100 });
  expectEqual("the handled command", [paid.version, paid.state.paidCents], [13, 100]);
  expectEqual("the repeated command", (await handler.handle(actorId, { type: "PayOrder", cents: 100 })).events, []);

  let count = 0;
  for await (const page of store.readFeed()) count += page.events.length;
  expectEqual("the number of events in the feed", count, 13);
  const actors: string[] = [];
  for await (const each of store.listActors()) actors.push(each);
  expectEqual("the list of actors", actors, [actorId]);
}

async function writeDocuments(documents: DocumentStore): Promise<void> {
  const revision = await documents.putDocument("carts", "cart-1", { items: 1 }, { expectedRevision: "absent" });
  await documents.putDocument("carts", "cart-1", { items: 2 }, { expectedRevision: revision });
  const late = documents.putDocument("carts", "cart-1", { items: 3 }, { expectedRevision: revision });
  const error: unknown = await late.then(
    () => "none",
    (reason: unknown) => reason,
  );
  expectEqual("the conflict of revisions", isAetherError(error, "AETHER_REVISION_CONFLICT"), true);
  expectEqual("the document", (await documents.getDocument("carts", "cart-1"))?.value, { items: 2 });
}

async function react(store: FullEventStore, documents: DocumentStore): Promise<void> {
  const handled: string[] = [];
  const processor = new EventProcessor(store, {
    name: "payments",
    documents,
    eventTypes: ["OrderPaid"],
    handle: ({ eventType, data }) => void handled.push(`${eventType}: ${data.cents}`),
  });
  await processor.start();
  const summaries = await runProjection(store, orderSummaries, { documents });

  const receipt = await store.saveEvent({ actorId, version: 14, eventType: "OrderPaid", data: { cents: 7 } });
  await processor.waitFor(receipt.position);
  expectEqual("the events that the processor handled", handled, ["OrderPaid: 100", "OrderPaid: 7"]);
  expectEqual("the projection", await summaries.get(actorId, { atLeast: receipt }), { items: 12 });
  await summaries.stop();
  await processor.stop();
}
