import { testEventStore } from "@aether/conformance";
import { startTcpProxy, type TcpProxy } from "@aether/nats-testing";
import { afterAll, afterEach, beforeAll, describe, test } from "vitest";
import { jetStreamStoreSupports } from "../src/index.ts";
import { eventSubject } from "../src/subjects.ts";
import { clients, type TestClient, type TestConnection } from "./support/clients.ts";
import { newStreamName, onOneServer } from "./support/open-stores.ts";
import { RawStream } from "./support/raw-stream.ts";

const server = onOneServer();
let proxy: TcpProxy;
beforeAll(async () => {
  proxy = await startTcpProxy(() => Number(new URL(server.url).port));
});
afterAll(() => proxy.close());

const connections: TestConnection[] = [];
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
});
async function connect(client: TestClient): Promise<TestConnection> {
  const connection = await client.connect({ servers: proxy.url });
  connections.push(connection);
  return connection;
}

for (const client of clients) {
  testEventStore({
    name: `JetStreamEventStore through ${client.client}`,
    describe,
    test,
    supports: jetStreamStoreSupports,
    createStorage: newStreamName,
    open: async (streamName) => server.open(client, { streamName }, await connect(client)),
    openWithBus: async (streamName, bus) =>
      server.open(client, { streamName, bus, onBusError: () => {} }, await connect(client)),
    hold: () => {
      proxy.stall();
      return () => proxy.pass();
    },
    damage: {
      // A save is one message, which the server stores completely or not at all.
      interruptedSave: () => {},
      malformedRecord: async (streamName, actorId, bytes) => {
        const raw = new RawStream(await connect(client), streamName);
        await raw.publish(eventSubject(streamName, actorId), bytes);
      },
    },
    caseTimeoutMs: 20_000,
  });
}
