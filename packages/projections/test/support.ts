import type { DocumentStore, FeedEventStore, Immutable } from "@aether/core";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { afterEach } from "vitest";
import { type Projection, type RunningProjection, type RunProjectionOptions, runProjection } from "../src/index.ts";
import type { OrderEvent } from "./orders.ts";

const open: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each[Symbol.asyncDispose]()));
});

/** Stores of events and documents, and projections on them, which are stopped after the test. */
export function setUp() {
  const store = new MemoryEventStore<OrderEvent>();
  const documents = new MemoryDocumentStore();
  return {
    store,
    documents,
    place: (order: string, customerId: string, ...skus: string[]) =>
      store.saveEvent({
        actorId: order,
        version: 1,
        eventType: "OrderPlaced",
        data: { customerId, lines: skus.map((sku) => ({ sku, quantity: 1 })) },
      }),
    pay: (order: string, version: number, amount: number) =>
      store.saveEvent({ actorId: order, version, eventType: "OrderPaid", data: { amount } }),
    cancel: (order: string, version: number) =>
      store.saveEvent({ actorId: order, version, eventType: "OrderCancelled", data: {} }),
    run: async <D extends object>(
      projection: Projection<OrderEvent, D>,
      options: Partial<RunProjectionOptions> & { readonly store?: FeedEventStore<OrderEvent> } = {},
    ): Promise<RunningProjection<D>> => {
      const { store: other = store, ...rest } = options;
      const running = await runProjection(other, projection, { documents, leaseMs: 1_000, ...rest });
      open.push(running);
      return running;
    },
  };
}

/** Returns a document store without some capabilities, with methods replaced. */
export function changed(documents: DocumentStore, changes: Partial<Record<keyof MemoryDocumentStore, unknown>>) {
  return new Proxy(documents, {
    get: (target, key) => {
      if (key in changes) return changes[key as keyof MemoryDocumentStore];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** A document store that writes documents one by one. */
export function single(documents: DocumentStore): DocumentStore {
  return changed(documents, { supports: { durable: true, shared: true, watch: true } });
}

/** Returns all documents of a projection, by id. */
export async function all<D extends object>(running: RunningProjection<D>): Promise<Record<string, Immutable<D>>> {
  const found: Record<string, Immutable<D>> = {};
  for await (const { id, document } of running.list()) found[id] = document;
  return found;
}
