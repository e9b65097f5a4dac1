import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testEventStore } from "@aether/conformance";
import { describe, test } from "vitest";
import { MyEventStore, myStoreSupports } from "../src/index.ts";

testEventStore({
  name: "MyEventStore",
  describe,
  test,
  supports: myStoreSupports,
  createStorage: () => mkdtemp(join(tmpdir(), "my-event-store-")),
  open: (directory) => MyEventStore.open(directory),
  destroyStorage: (directory) => rm(directory, { recursive: true }),
});
