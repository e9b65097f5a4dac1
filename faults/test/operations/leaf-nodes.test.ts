import { readFileSync } from "node:fs";
import type { NewEvent } from "@aether/core";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { JetStreamEventStore } from "@aether/store-jetstream";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import type { ClientConnection } from "../../src/workload/connect.ts";
import { clients } from "./clients.ts";

const read = (file: string): string =>
  readFileSync(new URL(`../../../docs/operations/${file}`, import.meta.url), "utf8");
const event = (version: number, text = ""): NewEvent => ({
  actorId: "order-1",
  version,
  eventType: "Tested",
  data: { text },
});
const orders = { streamName: "orders", streamRetention: "forever" } as const;

/** Sends an empty request. Resolves to false if the server reports that nothing responds to the subject. */
function hasResponder(connection: ClientConnection, subject: string): Promise<boolean> {
  return new Promise((resolve) => {
    const reply = `_INBOX.${crypto.randomUUID()}`;
    const subscription = connection.subscribe(reply, {
      callback: (_, message) => {
        subscription.unsubscribe();
        resolve(message.headers?.code !== 503);
      },
    });
    connection.publish(subject, new Uint8Array(), { reply });
  });
}

let hub: NatsServer;
let leaf: NatsServer;
const connections: ClientConnection[] = [];

beforeAll(async () => {
  Object.assign(process.env, { LEAFNODE_HOST: "127.0.0.1", LEAFNODE_PORT: "-1" });
  Object.assign(process.env, { EVENTS_PASSWORD: "of-events", SHOP_PASSWORD: "of-shop" });
  hub = await startNatsServer({ config: read("hub.conf") });
  const leafPort = await vi.waitUntil(() => hub.leafPort, 10_000);
  process.env.HUB_URL = `nats-leaf://events:of-events@127.0.0.1:${leafPort}`;
  leaf = await startNatsServer({ config: read("leaf.conf") });
  await vi.waitUntil(() => leaf.log().some((line) => line.includes("Leafnode connection created")), 10_000);
}, 300_000);
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
});
afterAll(async () => {
  await leaf.stop();
  await hub.stop();
});

describe.each(clients)("with the configurations of the page Leaf nodes, through $client", (client) => {
  const connect = async (url: string, user?: string): Promise<ClientConnection> => {
    const credentials = user === undefined ? {} : { user, pass: `of-${user}` };
    const connection = await client.connect({ servers: url, ...credentials });
    connections.push(connection);
    return connection;
  };
  const open = (connection: ClientConnection, options: object): Promise<JetStreamEventStore> =>
    JetStreamEventStore.open(connection, { ...orders, ...options });

  test("a connection to the leaf node uses streams of both domains", async () => {
    const connection = await connect(leaf.url);
    const atHub = await vi.waitFor(() => open(connection, { domain: "hub" }), 10_000);
    const local = await JetStreamEventStore.open(connection, { streamName: "local", streamRetention: "forever" });
    for (const store of [atHub, local]) {
      const first = (await store.getLatestVersion("order-1")) + 1;
      await store.saveEvent(event(first, "x".repeat(800_000)));
      await store.saveEvent(event(first + 1));
      expect(await store.getEvents("order-1", first)).toHaveLength(2);
    }
    const direct = await open(await connect(hub.url, "events"), { stream: "bind" });
    expect(await direct.getLatestVersion("order-1")).toBe(await atHub.getLatestVersion("order-1"));
  });

  test("an account that imports JetStream can do what a bound store needs, and nothing else", async () => {
    const own = await open(await connect(hub.url, "events"), {});
    const connection = await connect(hub.url, "shop");
    const shop = { apiPrefix: "JS.events.API", ackTimeoutMs: 2_000 };
    const store = await open(connection, { ...shop, stream: "bind" });
    const first = (await store.getLatestVersion("order-1")) + 1;
    for (let version = first; version < first + 150; version++) await store.saveEvent(event(version));
    await expect(store.saveEvent(event(first))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
    expect(await store.getEvents("order-1", first)).toHaveLength(150);
    expect(await store.getEvents("order-1", first + 145)).toHaveLength(5);
    expect(await own.getLatestVersion("order-1")).toBe(first + 149);
    expect(await hasResponder(connection, "JS.events.API.STREAM.INFO.orders")).toBe(true);
    for (const operation of ["STREAM.DELETE.orders", "STREAM.PURGE.orders", "STREAM.CREATE.more"]) {
      expect(await hasResponder(connection, `JS.events.API.${operation}`)).toBe(false);
    }
  });
});
