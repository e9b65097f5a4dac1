import { expect, test } from "vitest";
import {
  type DocumentStore,
  type DocumentStoreSupports,
  EVENT_STORED,
  type EventStore,
  MetadataKeys,
  type StoreSupports,
  supports,
} from "../src/index.ts";

const storeWith = (manifest: StoreSupports): EventStore => ({ supports: manifest }) as EventStore;

test("supports reads the manifest", () => {
  const store = storeWith({ batch: true, streaming: false, durable: false, shared: false });
  expect(supports(store, "batch")).toBe(true);
  expect(supports(store, "streaming")).toBe(false);
  expect(supports(store, "snapshots")).toBe(false);
});

test("supports reads the manifest of a document store", () => {
  const manifest: DocumentStoreSupports = { atomic: true, watch: undefined, durable: false, shared: false };
  const documents = { supports: manifest } as DocumentStore;
  expect(supports(documents, "atomic")).toBe(true);
  expect(supports(documents, "watch")).toBe(false);
});

test("a capability whose value is not true is not supported", () => {
  const store = storeWith({ batch: "yes", durable: false, shared: false } as unknown as StoreSupports);
  expect(supports(store, "batch")).toBe(false);
});

test("the names that are stored with events", () => {
  expect(EVENT_STORED).toBe("EventStored");
  expect(MetadataKeys).toEqual({
    correlationId: "correlationId",
    causationId: "causationId",
    commandId: "commandId",
    userId: "userId",
    traceId: "traceId",
    spanId: "spanId",
  });
});
