import type { Event } from "@aether/core";
import { EventStore, EventType } from "@castore/core";
import { InMemoryEventStorageAdapter } from "@castore/event-storage-adapter-in-memory";
import { getInMemoryEventStore } from "@event-driven-io/emmett";

/** The measured calls of a store. Each store is used as its own documentation recommends. */
export interface StoreUnderTest {
  append(event: Event): unknown;
  /** Appends events of one actor, in version order. */
  appendBatch?(events: readonly Event[]): unknown;
  read(actorId: string): unknown;
}

/** A castore store. It accepts one event at a time, with its version. Its event groups are for several aggregates. */
export function castore(): StoreUnderTest {
  const store = new EventStore({
    eventStoreId: "ORDERS",
    eventTypes: [new EventType({ type: "OrderLineAdded" })],
    reducer: (aggregate: { aggregateId: string; version: number }) => aggregate,
    eventStorageAdapter: new InMemoryEventStorageAdapter(),
  });
  return {
    append: ({ actorId, version, eventType, timestamp, data, metadata }) =>
      store.pushEvent({ aggregateId: actorId, version, type: eventType, timestamp, payload: data, metadata }),
    read: async (actorId) => (await store.getEvents(actorId)).events,
  };
}

/** An emmett store. It appends one or more events with an expected version. Versions are bigints that start at 1. */
export function emmett(): StoreUnderTest {
  const store = getInMemoryEventStore();
  const messageOf = ({ eventType, data, metadata }: Event) => ({
    type: eventType,
    data: data as Record<string, unknown>,
    metadata: { ...metadata },
  });
  return {
    append: (event) =>
      store.appendToStream(event.actorId, [messageOf(event)], { expectedStreamVersion: BigInt(event.version - 1) }),
    appendBatch: ([first, ...others]) =>
      first &&
      store.appendToStream(first.actorId, [first, ...others].map(messageOf), {
        expectedStreamVersion: BigInt(first.version - 1),
      }),
    read: async (actorId) => (await store.readStream(actorId)).events,
  };
}
