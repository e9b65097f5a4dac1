import { connect as connectNatsIo } from "@nats-io/transport-node";
import { describe, expect, test } from "vitest";
import { JetStreamEventStore } from "../src/index.ts";
import { clients, type TestConnection } from "./support/clients.ts";
import { LossyConnection } from "./support/lossy-connection.ts";
import { newStreamName } from "./support/open-stores.ts";
import { onServerWithUsers } from "./support/users.ts";

/** The account EVENTS exports its JetStream, twice: with any number of responses, and with the default, one. */
const config = `
  accounts {
    EVENTS {
      jetstream: enabled
      users: [ { user: admin, password: x } ]
      exports: [
        { service: "$JS.API.>", response_type: stream, accounts: [ STREAMED ] }
        { service: "*.events.>" }, { service: "*.*.*.*" }
      ]
    }
    STREAMED {
      users: [ { user: streamed, password: x } ]
      imports: [
        { service: { account: EVENTS, subject: "$JS.API.>" }, to: "JS.events.API.>" }
        { service: { account: EVENTS, subject: "*.events.>" } }, { service: { account: EVENTS, subject: "*.*.*.*" } }
      ]
    }
    SINGLE_EVENTS {
      jetstream: enabled
      users: [ { user: single-admin, password: x } ]
      exports: [ { service: "$JS.API.>" }, { service: "*.events.>" } ]
    }
    SINGLE {
      users: [ { user: single, password: x } ]
      imports: [
        { service: { account: SINGLE_EVENTS, subject: "$JS.API.>" }, to: "JS.events.API.>" }
        { service: { account: SINGLE_EVENTS, subject: "*.events.>" } }
      ]
    }
  }`;
const event = (version: number) => ({ actorId: "order-1", version, eventType: "Tested", data: {} });
const range = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index + 1);

const server = onServerWithUsers(config);

describe.each(clients)("JetStream of another account, through $client", ({ connect }) => {
  const as = (user: string): Promise<TestConnection> => server.connectAs({ connect }, user);

  test("has everything that a store needs, under another prefix", async () => {
    const streamName = newStreamName();
    const connection = await as("streamed");
    const store = await JetStreamEventStore.open(connection, { streamName, apiPrefix: "JS.events.API" });
    for (const version of range(150)) await store.saveEvent(event(version));
    await store.saveSnapshot({ actorId: "order-1", version: 148, state: {} });
    await expect(store.saveEvent(event(150))).rejects.toMatchObject({ code: "AETHER_VERSION_CONFLICT" });
    const cold = await JetStreamEventStore.open(connection, { streamName, apiPrefix: "JS.events.API", stream: "bind" });
    expect(await cold.getEvents("order-1")).toHaveLength(150);
    expect(await cold.getEvents("order-1", 140)).toHaveLength(11);
    expect(await cold.load("order-1")).toMatchObject({ snapshot: { version: 148 }, events: [{}, {}] });
    const local = JetStreamEventStore.open(connection, { streamName, stream: "bind", ackTimeoutMs: 500 });
    await expect(local).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
  });

  test("without response_type: stream, long reads fail in time, and say why", async () => {
    const streamName = newStreamName();
    const options = { streamName, streamRetention: "forever", ackTimeoutMs: 900 } as const;
    const store = await JetStreamEventStore.open(await as("single"), { ...options, apiPrefix: "JS.events.API" });
    for (const version of range(150)) await store.saveEvent(event(version));
    expect(await store.getLatestVersion("order-1")).toBe(150);
    expect(await store.getEvents("order-1", 150)).toHaveLength(1);
    for (const fromVersion of [0, 140]) {
      const started = performance.now();
      const reading = store.getEvents("order-1", fromVersion);
      await expect(reading).rejects.toMatchObject({ code: "AETHER_STORE_UNAVAILABLE" });
      await expect(reading).rejects.toThrow("`response_type: stream`");
      expect(performance.now() - started).toBeLessThan(1.5 * options.ackTimeoutMs);
    }
  });
});

test.each([
  ["the first servers", (reply: string) => reply],
  ["servers with a domain", (reply: string) => reply.replace("$JS.ACK.", "$JS.ACK.hub.ab3kd81x.")],
  ["newer servers", (reply: string) => `${reply.replace("$JS.ACK.", "$JS.ACK.hub.ab3kd81x.")}.k7`],
  ["servers with a forwarded subject", (reply: string) => `${reply}@orders.events.1`],
])("the sequences of messages are read from the reply subjects of %s", async (_, rewrite) => {
  const connection = new LossyConnection(await server.connectAs({ connect: connectNatsIo }, "admin"));
  connection.rewrite = (message) => {
    if (message.reply?.startsWith("$JS.ACK.") !== true) return message;
    const { subject, data, headers } = message;
    return { subject, data, reply: rewrite(message.reply), ...(headers === undefined ? {} : { headers }) };
  };
  const options = { streamName: newStreamName(), streamRetention: "forever" } as const;
  const store = await JetStreamEventStore.open(connection, options);
  for (const version of range(210)) await store.saveEvent(event(version));
  expect(await store.getEvents("order-1")).toHaveLength(210);
});
