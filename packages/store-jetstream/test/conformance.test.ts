import { testEventStore } from "@aether/conformance";
import { describe, test } from "vitest";
import { jetStreamStoreSupports } from "../src/index.ts";
import { clients } from "./support/clients.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";

const server = onOneServer();
for (const client of clients) {
  testEventStore({
    name: `JetStreamEventStore through ${client.client}`,
    describe,
    test,
    supports: jetStreamStoreSupports,
    createStorage: newStreamName,
    open: (streamName) => server.open(client, { streamName }),
    openWithBus: (streamName, bus) => server.open(client, { streamName, bus }),
    caseTimeoutMs: 20_000,
  });
}
