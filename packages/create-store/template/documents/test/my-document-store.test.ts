import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDocumentStore } from "@aether/conformance";
import { describe, test } from "vitest";
import { MyDocumentStore, myDocumentStoreSupports } from "../src/index.ts";

testDocumentStore({
  name: "MyDocumentStore",
  describe,
  test,
  supports: myDocumentStoreSupports,
  createStorage: () => mkdtemp(join(tmpdir(), "my-document-store-")),
  destroyStorage: (directory: string) => rm(directory, { recursive: true }),
  open: (directory) => MyDocumentStore.open(directory),
});
