import { freePort, type NatsServer, startNatsServer } from "@aether/nats-testing";
import { wsconnect } from "@nats-io/transport-node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { JetStreamEventStore } from "../src/index.ts";
import type { TestConnection } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";

// This file uses no other client: wsconnect() makes all later connections of the process use WebSocket.

let server: NatsServer;
let connection: TestConnection;
beforeEach(async () => {
  const port = await freePort();
  server = await startNatsServer({ config: `websocket { host: "127.0.0.1", port: ${port}, no_tls: true }` });
  connection = await wsconnect({
    servers: `ws://127.0.0.1:${port}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 20,
    // Node.js 20 has no WebSocket of its own.
    wsFactory: async (url) => ({ socket: new WebSocket(url) as never, encrypted: false }),
  });
}, 300_000);
afterEach(async () => {
  await connection.close();
  await server.stop();
});

test("after an outage over WebSocket, each store checks its stream once, whatever the client reports", async () => {
  let attempts = 0;
  void (async () => {
    for await (const { type } of connection.status()) if (type === "disconnect") attempts++;
  })();
  const lossy = new LossyConnection(connection);
  const open = () => JetStreamEventStore.open(lossy, { streamName: "web", streamRetention: "forever" });
  const stores = [await open(), await open(), await open(), await open(), await open()];
  const event = { actorId: "a", eventType: "Tested", data: {} };
  await stores[0]?.saveEvent({ ...event, version: 1 });
  lossy.sent.length = 0;
  await server.kill();
  await vi.waitUntil(() => attempts > 5, 10_000);
  await server.restart();
  await vi.waitUntil(() => connection.info !== undefined, 10_000);
  for (const [index, store] of stores.entries()) await store.saveEvent({ ...event, version: index + 2 });
  const checks = lossy.sent.filter((subject) => subject.startsWith("$JS.API.STREAM.INFO."));
  expect(checks).toHaveLength(stores.length);
  expect(await stores[1]?.getEvents("a")).toHaveLength(6);
});
