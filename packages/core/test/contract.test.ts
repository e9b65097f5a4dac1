import { expect, test } from "vitest";
import { EVENT_STORED, type EventStore, MetadataKeys, type StoreSupports, supports } from "../src/index.ts";

const storeWith = (manifest: StoreSupports): EventStore => ({ supports: manifest }) as EventStore;

test("supports asks the manifest", () => {
  const store = storeWith({ batch: true, streaming: false, durable: false, shared: false });
  expect(supports(store, "batch")).toBe(true);
  expect(supports(store, "streaming")).toBe(false);
  expect(supports(store, "snapshots")).toBe(false);
});

test("a manifest that says something other than true does not count", () => {
  const store = storeWith({ batch: "yes", durable: false, shared: false } as unknown as StoreSupports);
  expect(supports(store, "batch")).toBe(false);
});

test("the names that travel are these", () => {
  expect(EVENT_STORED).toBe("EventStored");
  expect(MetadataKeys).toEqual({
    correlationId: "correlationId",
    causationId: "causationId",
    userId: "userId",
    traceId: "traceId",
    spanId: "spanId",
  });
});
