import { testDocumentStore } from "@aether/conformance";
import { describe, test } from "vitest";
import { MemoryDocumentStore, memoryDocumentStoreSupports } from "../src/index.ts";

testDocumentStore({
  name: "MemoryDocumentStore",
  describe,
  test,
  supports: memoryDocumentStoreSupports,
  createStorage: () => undefined,
  open: () => new MemoryDocumentStore(),
});
