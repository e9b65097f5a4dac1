import { getEventListeners } from "node:events";
import { type NatsServer, startNatsServer } from "@aether/nats-testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type NatsBusStatus, NatsEventBus, type NatsEventBusOptions } from "../src/index.ts";
import { PROVIDE_TIMEOUT_MS } from "./support/bus-server.ts";
import { clients, type TestClient, type TestConnection } from "./support/clients.ts";
import { eventOf, eventsUpTo, eventually } from "./support/events.ts";

let server: NatsServer;
const connections: TestConnection[] = [];
beforeEach(async () => {
  server = await startNatsServer({ jetStream: false });
}, PROVIDE_TIMEOUT_MS);
afterEach(async () => {
  for (const connection of connections.splice(0)) await connection.close();
  await server.stop();
});

async function open({ connect }: TestClient, options: NatsEventBusOptions = {}, maxReconnectAttempts = -1) {
  const connection = await connect({ servers: server.url, maxReconnectAttempts });
  connections.push(connection);
  const statuses: NatsBusStatus[] = [];
  const bus = new NatsEventBus(connection, { onStatus: (status) => statuses.push(status), ...options });
  const types = (): readonly string[] => statuses.map(({ type }) => type);
  const lost = (): Promise<void> => eventually(() => expect(types()).toContain("disconnected"));
  const back = (): Promise<void> => eventually(() => expect(types()).toContain("reconnected"));
  return { bus, connection, statuses, lost, back };
}

describe.each(clients)("without a connection, through $client", (client) => {
  test("publish rejects and no subscriber receives the event; publishing works after the reconnect", async () => {
    const { bus, statuses, lost, back } = await open(client);
    const other = await open(client);
    const [here, there]: [number[], number[]] = [[], []];
    await bus.subscribe("a", ({ version }) => void here.push(version)).ready;
    await other.bus.subscribe("*", ({ version }) => void there.push(version)).ready;
    await bus.publish("a", eventOf(1));
    await eventually(() => expect(there).toEqual([1]));
    await server.kill();
    await Promise.all([lost(), other.lost()]);
    await expect(bus.publish("a", eventOf(2))).rejects.toMatchObject({
      code: "AETHER_BUS_DISCONNECTED",
      namespace: "a",
      eventId: "event-2",
      sent: false,
    });
    await server.restart();
    await Promise.all([back(), other.back()]);
    await bus.publish("a", eventOf(3));
    await eventually(() => expect(there).toEqual([1, 3]));
    expect(here).toEqual([1, 3]);
    expect(statuses).toEqual([{ type: "disconnected" }, { type: "reconnected" }]);
    expect(bus.metrics).toMatchObject({ published: 2, rejected: 1, unconfirmed: 0, held: 0 });
    expect(other.bus.metrics).toMatchObject({ missed: 0 });
  });

  test("a publish that was sent but not confirmed rejects with sent: true", async () => {
    const { bus } = await open(client);
    await bus.publish("a", eventOf(1));
    await server.suspend();
    const publishing = Promise.allSettled([bus.publish("a", eventOf(2)), bus.publish("b", eventOf(3))]);
    await server.kill();
    for (const result of await publishing) {
      expect(result).toMatchObject({
        status: "rejected",
        reason: { code: "AETHER_BUS_DISCONNECTED", sent: true, cause: expect.any(Error) },
      });
    }
    expect(bus.metrics).toMatchObject({ published: 3, unconfirmed: 2, rejected: 0 });
  });

  test("events are held up to the given limit, and sent in order after the reconnect", async () => {
    const { bus, lost } = await open(client, { whileDisconnected: { holdUpTo: 100 } });
    const other = await open(client);
    const [here, there]: [number[], number[]] = [[], []];
    await bus.subscribe("a", ({ version }) => void here.push(version)).ready;
    await other.bus.subscribe("a", ({ version }) => void there.push(version)).ready;
    await server.kill();
    await lost();
    const publishes = eventsUpTo(105).map((event) => bus.publish("a", event));
    const results = Promise.allSettled(publishes);
    expect(bus.metrics).toMatchObject({ held: 100, rejected: 5 });
    expect(here).toHaveLength(100);
    await server.restart();
    expect((await results).map(({ status }) => status)).toEqual([
      ...new Array(100).fill("fulfilled"),
      ...new Array(5).fill("rejected"),
    ]);
    await other.back();
    // It depends on which bus reconnects first whether an event arrives there, but the order of events does not.
    expect(there).toEqual([...there].sort((a, b) => a - b));
    expect(bus.metrics).toMatchObject({ held: 0, published: 100, rejected: 5 });
    expect(here).toEqual(eventsUpTo(100).map(({ version }) => version));
  });

  test("an aborted signal removes the held event", async () => {
    const { bus, connection, lost, back } = await open(client, { whileDisconnected: { holdUpTo: 10 } });
    await server.kill();
    await lost();
    const abort = new AbortController();
    const [kept, taken] = [bus.publish("a", eventOf(1)), bus.publish("a", eventOf(2), { signal: abort.signal })];
    const reason = new Error("no longer needed");
    abort.abort(reason);
    await expect(taken).rejects.toBe(reason);
    expect(bus.metrics.held).toBe(1);
    const unused = new AbortController();
    const another = bus.publish("b", eventOf(3), { signal: unused.signal });
    const sent: string[] = [];
    connection.subscribe("aether.events.>", {
      callback: (_, { data }) => void sent.push((JSON.parse(new TextDecoder().decode(data)) as { id: string }).id),
    });
    await server.restart();
    await back();
    await Promise.all([kept, another]);
    await connection.flush();
    expect(sent).toEqual(["event-1", "event-3"]);
    expect(getEventListeners(unused.signal, "abort")).toEqual([]);
  });

  test("held events share one listener of their signal, which ends them all", async () => {
    const { bus, lost } = await open(client, { whileDisconnected: { holdUpTo: 50 } });
    await server.kill();
    await lost();
    const stopping = new AbortController();
    const { signal } = stopping;
    const publishing = Array.from({ length: 50 }, (_, index) => bus.publish("a", eventOf(index + 1), { signal }));
    expect(bus.metrics.held).toBe(50);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    const reason = new Error("stopping");
    stopping.abort(reason);
    const settled = await Promise.allSettled(publishing);
    expect(settled).toEqual(Array.from({ length: 50 }, () => ({ status: "rejected", reason })));
    expect(bus.metrics.held).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("closing rejects the held events", async () => {
    const { bus, lost } = await open(client, { whileDisconnected: { holdUpTo: 10 } });
    await server.kill();
    await lost();
    const publishing = bus.publish("a", eventOf(1));
    const rejected = expect(publishing).rejects.toMatchObject({ code: "AETHER_BUS_DISCONNECTED", sent: false });
    await bus.close();
    await rejected;
  });

  test("a subscription opened without a connection is ready after the reconnect", async () => {
    const { bus, lost } = await open(client);
    const other = await open(client);
    await server.kill();
    await Promise.all([lost(), other.lost()]);
    const subscription = bus.subscribe("a");
    let ready = false;
    void subscription.ready.then(() => {
      ready = true;
    });
    await server.restart();
    await other.back();
    await subscription.ready;
    expect(ready).toBe(true);
    await other.bus.publish("a", eventOf(1));
    expect((await subscription[Symbol.asyncIterator]().next()).value).toEqual(eventOf(1));
  });

  test("a bus created on a lost connection is disconnected", async () => {
    const { connection, lost } = await open(client);
    await server.kill();
    await lost();
    await eventually(() => expect(connection.info).toBeUndefined());
    const bus = new NatsEventBus(connection, { onStatus: () => {} });
    await expect(bus.publish("a", eventOf(1))).rejects.toMatchObject({ code: "AETHER_BUS_DISCONNECTED", sent: false });
  });
});

describe.each(clients)("a connection that is closed for good, through $client", (client) => {
  test.each<[string, (connection: TestConnection) => Promise<void>, number]>([
    ["by the application", (connection) => connection.close(), -1],
    ["by the client, which gave up reconnecting", () => server.kill(), 1],
  ])("%s, closes the bus: loops end with an error, and the bus reports it", async (_, end, attempts) => {
    const { bus, connection, statuses } = await open(client, { whileDisconnected: { holdUpTo: 10 } }, attempts);
    const closed = { code: "AETHER_BUS_CLOSED", cause: { message: "the connection to NATS was closed" } };
    const loop = expect(bus.subscribe("a")[Symbol.asyncIterator]().next()).rejects.toMatchObject(closed);
    bus.subscribe("b", () => {});
    await end(connection);
    await loop;
    expect(statuses.map(({ type }) => type).filter((type) => type !== "disconnected")).toEqual([
      "subscription-failed",
      "connection-closed",
    ]);
    await expect(bus.publish("a", eventOf(1))).rejects.toMatchObject(closed);
    expect(() => bus.subscribe("a")).toThrow(expect.objectContaining({ code: closed.code }));
    expect(bus.subscriberCount()).toBe(0);
    await bus.close();
  });
});
