import { testEventStoreInProcesses } from "@aether/conformance";
import { describe, test } from "vitest";
import { jetStreamStoreSupports } from "../src/index.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";

const server = onOneServer();
testEventStoreInProcesses({
  name: "JetStreamEventStore",
  describe,
  test,
  supports: jetStreamStoreSupports,
  processModule: new URL("processes/store-process.mjs", import.meta.url),
  createStorage: () => ({ url: server.url, streamName: newStreamName() }),
});
