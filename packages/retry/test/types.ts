/**
 * What the types accept and refuse. Compiling this file is the test: each `@ts-expect-error` that finds no error is an
 * error.
 */
import type { Event, EventStore, EventsOf } from "@aether/core";
import { MemoryEventStore } from "@aether/store-memory";
import { type AppendResult, appendWithRetry, type Decide } from "../src/index.ts";

type OrderEvent = EventsOf<{ OrderPlaced: { item: string }; OrderShipped: { carrier: string } }>;
declare const store: EventStore<OrderEvent>;
declare const condition: boolean;
const memory: MemoryEventStore<OrderEvent> = new MemoryEventStore<OrderEvent>();

export async function decisions(): Promise<void> {
  // Synchronous: one, several, none.
  await appendWithRetry(store, "o", () => ({ eventType: "OrderShipped", data: { carrier: "x" } }));
  await appendWithRetry(store, "o", () => [{ eventType: "OrderShipped", data: { carrier: "x" } }]);
  await appendWithRetry(store, "o", () => []);
  await appendWithRetry(store, "o", () => undefined);
  await appendWithRetry(store, "o", () => {});
  // Asynchronous.
  await appendWithRetry(store, "o", async () => ({ eventType: "OrderShipped", data: { carrier: "x" } }));
  await appendWithRetry(store, "o", async () => undefined);
  await appendWithRetry(store, "o", async () => {});
  await appendWithRetry(store, "o", async () => []);
  await appendWithRetry(store, "o", async () =>
    condition ? { eventType: "OrderShipped", data: { carrier: "x" } } : undefined,
  );
  await appendWithRetry(store, "o", async () => {
    if (condition) return;
    return { eventType: "OrderShipped", data: { carrier: "x" } };
  });
  await appendWithRetry(store, "o", async () => {
    if (condition) return { eventType: "OrderShipped", data: { carrier: "x" } };
    return undefined;
  });
  await appendWithRetry(store, "o", async () => {
    if (condition) return [];
    return [
      { eventType: "OrderShipped", data: { carrier: "x" } },
      { eventType: "OrderPlaced", data: { item: "x" } },
    ];
  });
  await appendWithRetry(store, "o", async () => {
    if (condition) return [{ eventType: "OrderPlaced", data: { item: "x" } }];
    return { eventType: "OrderShipped", data: { carrier: "x" } };
  });
  await appendWithRetry(store, "o", () => {
    if (condition) return;
    return { eventType: "OrderShipped", data: { carrier: "x" } };
  });
}
export async function refusals(): Promise<void> {
  // @ts-expect-error mispaired
  await appendWithRetry(store, "o", () => ({ eventType: "OrderShipped", data: { item: "x" } }));
  // @ts-expect-error mispaired
  await appendWithRetry(store, "o", async () => ({ eventType: "OrderShipped", data: { item: "x" } }));
  // @ts-expect-error mispaired
  await appendWithRetry(store, "o", async () => [{ eventType: "OrderShipped", data: { item: "x" } }]);
  // @ts-expect-error excess
  await appendWithRetry(store, "o", async () => ({ eventType: "OrderShipped", data: { carrier: "x", extra: 1 } }));
  // @ts-expect-error excess
  await appendWithRetry(store, "o", () => ({ eventType: "OrderShipped", data: { carrier: "x", extra: 1 } }));
  // @ts-expect-error version
  await appendWithRetry(store, "o", () => ({ eventType: "OrderShipped", data: { carrier: "x" }, version: 1 }));
  // @ts-expect-error excess in array
  await appendWithRetry(store, "o", async () => [{ eventType: "OrderShipped", data: { carrier: "x", extra: 1 } }]);
  // @ts-expect-error unknown
  await appendWithRetry(store, "o", async () => ({ eventType: "OrderLost", data: {} }));
  // @ts-expect-error excess through the class
  await appendWithRetry(memory, "o", async () => ({ eventType: "OrderShipped", data: { carrier: "x", extra: 1 } }));
  // @ts-expect-error mispaired through the class
  await appendWithRetry(memory, "o", async () => ({ eventType: "OrderShipped", data: { item: "x" } }));
}
export async function generic<E extends Event>(s: EventStore<E>, decide: Decide<E>): Promise<AppendResult> {
  return appendWithRetry(s, "o", decide);
}
