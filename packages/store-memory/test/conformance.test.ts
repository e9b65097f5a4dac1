import { testEventStore } from "@aether/conformance";
import { describe, test } from "vitest";
import { MemoryEventStore, memoryStoreSupports } from "../src/index.ts";

testEventStore({
  name: "MemoryEventStore",
  describe,
  test,
  supports: memoryStoreSupports,
  createStorage: () => undefined,
  open: () => new MemoryEventStore(),
  openWithBus: (_, bus) => new MemoryEventStore({ bus, onBusError: () => {} }),
});
