import { MemoryEventStore, memoryStoreSupports } from "@aether/store-memory";
import { describe, test } from "vitest";
import { testEventStore } from "../src/index.ts";

testEventStore({
  name: "MemoryEventStore",
  describe,
  test,
  supports: memoryStoreSupports,
  createPlace: () => "memory",
  open: () => new MemoryEventStore(),
});
