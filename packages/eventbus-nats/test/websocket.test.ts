import { freePort, type NatsServer, startNatsServer } from "@aether/nats-testing";
import { wsconnect } from "@nats-io/transport-node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { NatsEventBus } from "../src/index.ts";
import { PROVIDE_TIMEOUT_MS } from "./support/bus-server.ts";
import type { TestConnection } from "./support/clients.ts";
import { eventOf } from "./support/events.ts";

// This file uses no other client: wsconnect() makes all later connections of the process use WebSocket.

let server: NatsServer;
let connection: TestConnection;
beforeEach(async () => {
  const port = await freePort();
  const config = `websocket { host: "127.0.0.1", port: ${port}, no_tls: true }`;
  server = await startNatsServer({ jetStream: false, config });
  connection = await wsconnect({
    servers: `ws://127.0.0.1:${port}`,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 20,
    // Node.js 20 has no WebSocket of its own.
    wsFactory: async (url) => ({ socket: new WebSocket(url) as never, encrypted: false }),
  });
}, PROVIDE_TIMEOUT_MS);
afterEach(async () => {
  await connection.close();
  await server.stop();
});

test("an outage over WebSocket is reported as one, whatever the client reports", async () => {
  let attempts = 0;
  void (async () => {
    for await (const { type } of connection.status()) if (type === "disconnect") attempts++;
  })();
  const statuses: string[] = [];
  const bus = new NatsEventBus(connection, { onStatus: ({ type }) => statuses.push(type) });
  const received: number[] = [];
  await bus.subscribe("a", ({ version }) => void received.push(version)).ready;
  for (const version of [1, 2]) {
    attempts = 0;
    await server.kill();
    await vi.waitUntil(() => attempts > 5, 10_000);
    await server.restart();
    await vi.waitUntil(() => statuses.length >= 2 * version, 10_000);
    await bus.publish("a", eventOf(version));
  }
  expect(received).toEqual([1, 2]);
  expect(statuses).toEqual(["disconnected", "reconnected", "disconnected", "reconnected"]);
  await bus.close();
});
