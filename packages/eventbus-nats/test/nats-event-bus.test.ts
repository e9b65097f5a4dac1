import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type NatsBusStatus, type NatsConnection, NatsEventBus, type NatsEventBusOptions } from "../src/index.ts";
import { eventOf } from "./support/events.ts";
import { FakeConnection } from "./support/fake-connection.ts";
import { headersOf } from "./support/headers.ts";

const encoder = new TextEncoder();

function open(options: NatsEventBusOptions = {}) {
  const connection = new FakeConnection();
  const statuses: NatsBusStatus[] = [];
  const bus = new NatsEventBus(connection, { prefix: "p", onStatus: (status) => statuses.push(status), ...options });
  return { bus, connection, statuses };
}

describe("onStatus", () => {
  test("is called for slow consumers and for errors from the server", async () => {
    const { connection, statuses } = open();
    connection.emit({ type: "slowConsumer", pending: 7 });
    connection.emit({ type: "error", data: "ACCOUNT_EXPIRED" });
    connection.emit({ type: "update" });
    await vi.waitFor(() => expect(statuses).toHaveLength(2));
    expect(statuses).toEqual([
      { type: "slow-consumer", cause: { type: "slowConsumer", pending: 7 } },
      { type: "server-error", cause: "ACCOUNT_EXPIRED" },
    ]);
  });

  test("can throw without stopping the bus", async () => {
    vi.spyOn(console, "error").mockReturnValue();
    const onStatus = vi.fn<(status: NatsBusStatus) => void>().mockImplementationOnce(() => {
      throw new Error("of onStatus");
    });
    const { connection } = open({ onStatus });
    connection.emit({ type: "error", data: "first" });
    connection.emit({ type: "error", data: "second" });
    await vi.waitFor(() => expect(onStatus).toHaveBeenCalledTimes(2));
  });
});

describe("missed events", () => {
  const arrive = (
    connection: FakeConnection,
    pattern: string,
    namespace: string,
    bus: string,
    sequence: number,
  ): void =>
    connection.deliver(`p.${pattern}`, {
      subject: `p.${namespace}`,
      data: encoder.encode(JSON.stringify(eventOf(sequence))),
      headers: headersOf((name) => (name === "Aether-Bus" ? `${bus} ${sequence}` : "")),
    });

  test("are counted and reported, by publisher and namespace", () => {
    const { bus, connection, statuses } = open();
    const handled: number[] = [];
    bus.subscribe("orders.*", ({ version }) => void handled.push(version));
    for (const [namespace, publisher, sequence] of [
      ["orders.eu", "x", 3],
      ["orders.us", "x", 1],
      ["orders.eu", "y", 8],
      ["orders.eu", "x", 6],
      ["orders.us", "x", 2],
      ["orders.eu", "y", 9],
    ] as const) {
      arrive(connection, "orders.*", namespace, publisher, sequence);
    }
    expect(handled).toEqual([3, 1, 8, 6, 2, 9]);
    expect(statuses).toEqual([{ type: "missed", namespace: "orders.eu", pattern: "orders.*", count: 2 }]);
    expect(bus.metrics.missed).toBe(2);
  });

  test("that arrive after later events are dropped, and counted once", () => {
    const { bus, connection } = open();
    const handled: number[] = [];
    bus.subscribe("a", ({ version }) => void handled.push(version));
    for (const sequence of [1, 4, 2, 3, 4, 5]) arrive(connection, "a", "a", "x", sequence);
    arrive(connection, "a", "a", "x:1", 1); // the publisher had dropped the channel, so it counts from 1 again
    expect(handled).toEqual([1, 4, 5, 1]);
    expect(bus.metrics).toMatchObject({ missed: 2, malformed: 0 });
  });

  test("are not counted in a queue group, whose other members receive events too", () => {
    const { bus, connection } = open();
    bus.subscribe("a", () => {}, { queueGroup: "workers" });
    for (const sequence of [1, 5, 9]) arrive(connection, "a", "a", "x", sequence);
    expect(bus.metrics).toMatchObject({ missed: 0, delivered: 3 });
  });
});

describe("a call that the client rejects", () => {
  test("rejects like a call to a closed bus, and the event is neither sent nor delivered", async () => {
    const { bus, connection } = open();
    const handled: number[] = [];
    bus.subscribe("a", ({ version }) => void handled.push(version));
    connection.isDraining = true;
    const closed = { code: "AETHER_BUS_CLOSED", cause: { message: "draining" } };
    await expect(bus.publish("a", eventOf(1))).rejects.toMatchObject(closed);
    expect(handled).toEqual([]);
    expect(bus.metrics.published).toBe(0);
  });

  test("throws if the call is subscribe, and leaves no subscription", () => {
    const { bus, connection } = open();
    connection.isDraining = true;
    for (const options of [{}, { queueGroup: "workers" }]) {
      expect(() => bus.subscribe("a", options)).toThrow(expect.objectContaining({ code: "AETHER_BUS_CLOSED" }));
    }
    expect(bus.subscriberCount()).toBe(0);
  });
});

describe("publishing", () => {
  test("shares pings: a thousand concurrent events need one", async () => {
    const { bus, connection } = open();
    await Promise.all(Array.from({ length: 1_000 }, (_, index) => bus.publish("a", eventOf(index + 1))));
    expect(connection.published).toHaveLength(1_000);
    expect(connection.flushes).toBe(1);
  });

  test("can be aborted by its signal while the server does not answer", async () => {
    const { bus, connection } = open();
    connection.flush = () => new Promise(() => {});
    const abort = new AbortController();
    const publishing = bus.publish("a", eventOf(1), { signal: abort.signal });
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(publishing).rejects.toBe(reason);
  });
});

describe("closing", () => {
  test("handles the events that were in flight to a queue member", async () => {
    const { bus, connection } = open();
    const handled: number[] = [];
    bus.subscribe("a", ({ version }) => void handled.push(version), { queueGroup: "workers" });
    connection.beforeDrained = () =>
      connection.deliver("p.a", { subject: "p.a", data: encoder.encode(JSON.stringify(eventOf(7))) });
    await bus.close();
    expect(handled).toEqual([7]);
  });

  test("waits drainTimeoutMs in total, for an unresponsive server and a stuck handler", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { bus, connection } = open({ drainTimeoutMs: 100 });
    connection.flush = () => new Promise(() => {});
    bus.subscribe("a", () => new Promise<void>(() => {}));
    const publishing = bus.publish("a", eventOf(1));
    const lost = expect(publishing).rejects.toMatchObject({ code: "AETHER_BUS_DISCONNECTED", sent: true });
    let closed = false;
    const closing = bus.close().then(() => {
      closed = true;
    });
    await vi.advanceTimersByTimeAsync(99);
    expect(closed).toBe(false);
    await vi.advanceTimersByTimeAsync(2);
    await closing;
    await lost;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("invalid arguments are rejected", () => {
  test.each<[string, unknown]>([
    ["options", null],
    ["options.prefix", { prefix: "a b" }],
    ["options.onStatus", { onStatus: "log" }],
    ["options.drainTimeoutMs", { drainTimeoutMs: -1 }],
    ["options.drainTimeoutMs", { drainTimeoutMs: 1e12 }],
    ["options.whileDisconnected", { whileDisconnected: "hold" }],
    ["options.whileDisconnected", { whileDisconnected: null }],
    ["options.whileDisconnected.holdUpTo", { whileDisconnected: { holdUpTo: 0 } }],
    ["options.whileDisconnected.holdUpTo", { whileDisconnected: {} }],
  ])("%s: %j", (argument, options) => {
    const invalid = expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument });
    expect(() => new NatsEventBus(new FakeConnection(), options as NatsEventBusOptions)).toThrow(invalid);
  });

  test.each<[string, unknown]>([
    ["nothing", undefined],
    ["an address", "127.0.0.1:4222"],
    ["an object with other methods", { publish: () => {} }],
    ["a closed connection", Object.assign(new FakeConnection(), { isClosed: () => true })],
    ["a server without headers", Object.assign(new FakeConnection(), { info: { max_payload: 1, headers: false } })],
  ])("as the connection: %s", (_, connection) => {
    const invalid = expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument: "connection" });
    expect(() => new NatsEventBus(connection as NatsConnection)).toThrow(invalid);
  });

  test("as the connection: a revoked proxy", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const invalid = expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument: "connection" });
    expect(() => new NatsEventBus(proxy as NatsConnection)).toThrow(invalid);
  });

  test.each(["", "a b", "a.b", "*", 7, "x".repeat(256)])("as a queue group: %j", (queueGroup) => {
    const { bus } = open();
    const invalid = expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument: "options.queueGroup" });
    const options = { queueGroup: queueGroup as string };
    expect(() => bus.subscribe("a", options)).toThrow(invalid);
    expect(() => bus.subscribe("a", () => {}, options)).toThrow(invalid);
  });
});
