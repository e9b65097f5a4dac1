import { testEventBus } from "@aether/conformance";
import type { EventBroadcaster } from "@aether/core";
import { describe, test } from "vitest";
import { NatsEventBus } from "../src/index.ts";
import { newPrefix, onOneServer } from "./support/bus-server.ts";
import { clients, type TestConnection } from "./support/clients.ts";

const server = onOneServer();
const connectionOf = new WeakMap<EventBroadcaster, TestConnection>();

for (const client of clients) {
  testEventBus({
    name: `NatsEventBus through ${client.client}`,
    describe,
    test,
    shared: true,
    createChannel: newPrefix,
    open: async (prefix) => {
      const { bus, connection } = await server.open(client, { prefix });
      connectionOf.set(bus, connection);
      return bus;
    },
    // The server answers this ping only after it has sent all messages that it had already confirmed to publishers.
    settle: async (bus) => connectionOf.get(bus)?.flush(),
    caseTimeoutMs: 20_000,
  });
}

testEventBus({
  name: "NatsEventBus, all on one connection that the application shares,",
  describe,
  test,
  shared: true,
  createChannel: async () => ({ prefix: newPrefix(), connection: await server.connect(clients[0]) }),
  open: ({ prefix, connection }) => {
    const bus = new NatsEventBus(connection, { prefix, onStatus: () => {} });
    connectionOf.set(bus, connection);
    return bus;
  },
  settle: async (bus) => connectionOf.get(bus)?.flush(),
  caseTimeoutMs: 20_000,
});
