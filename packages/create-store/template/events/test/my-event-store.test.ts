import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testEventStore, testEventStoreInProcesses } from "@aether/conformance";
import { describe, test } from "vitest";
import { MyEventStore, myStoreSupports } from "../src/index.ts";

const common = {
  name: "MyEventStore",
  describe,
  test,
  supports: myStoreSupports,
  createStorage: () => mkdtemp(join(tmpdir(), "my-event-store-")),
  destroyStorage: (directory: string) => rm(directory, { recursive: true }),
};

testEventStore({
  ...common,
  open: (directory) => MyEventStore.open(directory),
  openWithBus: (directory, bus) => MyEventStore.open(directory, { bus, onBusError: () => {} }),
});

// Skipped until the manifest declares that stores are shared.
testEventStoreInProcesses({ ...common, processModule: "test/store-process.mjs" });
