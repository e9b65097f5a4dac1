import type { FeedEventStore, NewEvent, StoredEvent } from "@aether/core";
import { MemoryDocumentStore, MemoryEventStore } from "@aether/store-memory";
import { afterEach } from "vitest";
import { EventProcessor, type ProcessorOptions } from "../src/index.ts";

/** An event that a test saves. */
export function event(actorId: string, version: number, eventType = "Happened"): NewEvent {
  return { id: `${actorId}/${version}`, actorId, version, eventType, data: {} };
}

const open: AsyncDisposable[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each[Symbol.asyncDispose]()));
});

/** Stores of events and documents, and processors on them, which are stopped after the test. */
export function setUp(): {
  readonly store: MemoryEventStore;
  readonly documents: MemoryDocumentStore;
  readonly processor: (options: Partial<ProcessorOptions>) => EventProcessor;
} {
  const store = new MemoryEventStore();
  const documents = new MemoryDocumentStore();
  return {
    store,
    documents,
    processor: (options) => {
      const defaults = { name: "test", documents, ...(options.handleBatch ? {} : { handle: () => {} }) };
      const created = new EventProcessor(store, { ...defaults, ...options });
      open.push(created);
      return created;
    },
  };
}

/** Returns the ids of events, in order. */
export function idsOf(events: readonly StoredEvent[]): readonly string[] {
  return events.map(({ event: { id } }) => id);
}

/** A store whose feed reports an event as a malformed record. */
export function withMalformed(store: FeedEventStore, id: string): FeedEventStore {
  const readFeed: FeedEventStore["readFeed"] = async function* (options) {
    for await (const page of store.readFeed(options)) {
      const errors = page.events
        .filter(({ event }) => event.id === id)
        .map(({ position }) => ({ position, raw: new Uint8Array(), cause: new Error("malformed") }));
      yield { ...page, events: page.events.filter(({ event }) => event.id !== id), errors };
    }
  };
  return new Proxy(store, {
    get: (target, key) => {
      if (key === "readFeed") return readFeed;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
