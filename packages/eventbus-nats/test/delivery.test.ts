import { EVENT_STORED, type EventStored, type EventsOf } from "@aether/core";
import { describe, expect, expectTypeOf, test } from "vitest";
import { type NatsConnection, NatsEventBus } from "../src/index.ts";
import { newPrefix, onOneServer } from "./support/bus-server.ts";
import { clients } from "./support/clients.ts";
import { eventOf, eventsUpTo, eventually } from "./support/events.ts";

const server = onOneServer();
const encoder = new TextEncoder();

describe.each(clients)("through $client", (client) => {
  test("subscribers of the bus receive the event before the server answers, and only once", async () => {
    const { bus, connection } = await server.open(client, { prefix: newPrefix() });
    const handled: number[] = [];
    const subscription = bus.subscribe(">", ({ version }) => {
      handled.push(version);
    });
    await subscription.ready;
    const publishing = bus.publish("a", eventOf(1));
    expect(handled).toEqual([1]);
    await publishing;
    await connection.flush();
    expect(handled).toEqual([1]);
  });

  test("several buses on one connection receive each other's events once", async () => {
    const prefix = newPrefix();
    const { bus: first, connection } = await server.open(client, { prefix });
    const { bus: second } = await server.open(client, { prefix }, connection);
    const handled: string[] = [];
    for (const [name, bus] of Object.entries({ first, second })) {
      for (const pattern of ["a.b", "a.*"]) {
        await bus.subscribe(pattern, ({ version }) => void handled.push(`${name} ${pattern} ${version}`)).ready;
      }
    }
    await first.publish("a.b", eventOf(1));
    await second.publish("a.b", eventOf(2));
    await connection.flush();
    const expected = ["first", "second"].flatMap((name) =>
      ["a.b", "a.*"].flatMap((pattern) => [1, 2].map((version) => `${name} ${pattern} ${version}`)),
    );
    expect(handled.sort()).toEqual(expected.sort());
  });

  test("other uses of the connection are unaffected", async () => {
    const prefix = newPrefix();
    const { bus, connection } = await server.open(client, { prefix });
    await bus.subscribe(">").ready;
    const raw: string[] = [];
    connection.subscribe(`${prefix}.>`, { callback: (_, { subject }) => void raw.push(subject) });
    await bus.publish("a", eventOf(1));
    await connection.flush();
    await bus.close();
    connection.publish(`${prefix}.b`, encoder.encode("other"));
    await connection.flush();
    expect(raw).toEqual([`${prefix}.a`, `${prefix}.b`]);
    expect(connection.isClosed()).toBe(false);
  });

  test("there is one subscription on the server for each pattern that has subscribers", async () => {
    const connection = await server.connect(client);
    let open = 0;
    const counted: NatsConnection = {
      info: connection.info,
      publish: (...args) => connection.publish(...args),
      flush: () => connection.flush(),
      status: () => connection.status(),
      isClosed: () => connection.isClosed(),
      closed: () => connection.closed(),
      subscribe: (...args) => {
        const subscription = connection.subscribe(...args);
        open++;
        const end = <T>(result: T): T => {
          open--;
          return result;
        };
        return {
          unsubscribe: (max) => end(subscription.unsubscribe(max)),
          drain: () => end(subscription.drain()),
        };
      },
    };
    await using bus = new NatsEventBus(counted, { prefix: newPrefix() });
    const subscriptions = ["a", "a", "a", "b.>"].map((pattern) => bus.subscribe(pattern));
    expect(open).toBe(2);
    for (const subscription of subscriptions.slice(0, 2)) await subscription.unsubscribe();
    expect(open).toBe(2);
    await subscriptions[2]?.unsubscribe();
    expect(open).toBe(1);
    const again = bus.subscribe("a");
    await again.ready;
    await bus.publish("a", eventOf(1));
    expect(((await again[Symbol.asyncIterator]().next()).value as { version: number }).version).toBe(1);
    await bus.close();
    expect(open).toBe(0);
  });

  test("each event goes to one member of a queue group, whichever bus published it", async () => {
    const prefix = newPrefix();
    const buses = [await server.open(client, { prefix }), await server.open(client, { prefix })];
    const handled: number[][] = [];
    const everything: number[] = [];
    for (const { bus } of [...buses, ...buses]) {
      const mine: number[] = [];
      handled.push(mine);
      const handler = ({ version }: { readonly version: number }): void => void mine.push(version);
      await bus.subscribe("a.*", handler, { queueGroup: "workers" }).ready;
    }
    await buses[0]?.bus.subscribe("a.*", ({ version }) => void everything.push(version)).ready;
    expect(buses[0]?.bus.subscriberCount("a.*")).toBe(3);
    const events = eventsUpTo(400);
    await Promise.all(events.map((event, index) => buses[index % 2]?.bus.publish("a.b", event)));
    for (const { connection } of buses) await connection.flush();
    const versions = events.map(({ version }) => version);
    expect(handled.flat().sort((a, b) => a - b)).toEqual(versions);
    for (const mine of handled) expect(mine.length).toBeGreaterThan(20);
    expect(everything.sort((a, b) => a - b)).toEqual(versions);
    expect(buses.map(({ bus }) => bus.metrics.missed)).toEqual([0, 0]);
  });

  test("a queue member whose bus closes handles the events in flight to it, and others receive the rest", async () => {
    const prefix = newPrefix();
    const { bus: publisher } = await server.open(client, { prefix });
    const members = [await server.open(client, { prefix }), await server.open(client, { prefix })] as const;
    const handled: number[] = [];
    for (const { bus } of members) {
      const handler = ({ version }: { readonly version: number }): void => void handled.push(version);
      await bus.subscribe("a", handler, { queueGroup: "workers" }).ready;
    }
    const events = eventsUpTo(3_000);
    const publishing: Promise<void>[] = [];
    let closing: Promise<void> | undefined;
    for (const event of events) {
      publishing.push(publisher.publish("a", event));
      if (event.version % 100 === 0) await publishing.at(-1);
      if (event.version === 1_500) closing = members[0].bus.close();
    }
    await Promise.all([...publishing, closing]);
    await members[1].connection.flush();
    expect(handled.sort((a, b) => a - b)).toEqual(events.map(({ version }) => version));
  });

  test("a bus that is closing receives the events that the server already has for it", async () => {
    const prefix = newPrefix();
    const { bus: publisher } = await server.open(client, { prefix });
    const { bus } = await server.open(client, { prefix });
    let handled = 0;
    await bus.subscribe("a", () => void handled++).ready;
    await Promise.all(eventsUpTo(1_000).map((event) => publisher.publish("a", event)));
    await bus.close();
    expect(handled).toBe(1_000);
  });

  test("any program can publish: the payload is the event's JSON, and no header is needed", async () => {
    const prefix = newPrefix();
    const { bus } = await server.open(client, { prefix });
    const other = await server.connect(client);
    const subscription = bus.subscribe("orders.*");
    await subscription.ready;
    other.publish(`${prefix}.orders.eu`, encoder.encode(JSON.stringify(eventOf(1))));
    const { value } = await subscription[Symbol.asyncIterator]().next();
    expect(value).toEqual(eventOf(1));
  });

  test("any program can read: the payload is only the event's JSON", async () => {
    const prefix = newPrefix();
    const { bus, connection } = await server.open(client, { prefix });
    const raw: unknown[] = [];
    const callback = (_: unknown, { subject, data }: { subject: string; data: Uint8Array }): void =>
      void raw.push([subject, JSON.parse(new TextDecoder().decode(data))]);
    connection.subscribe(`${prefix}.>`, { callback });
    await bus.publish("orders.EU=é", eventOf(1));
    await connection.flush();
    expect(raw).toEqual([[`${prefix}.orders.EU=3D=C3=A9`, eventOf(1)]]);
  });

  test("a message that is not an event is counted and reported, but not delivered", async () => {
    const prefix = newPrefix();
    const { bus, statuses } = await server.open(client, { prefix });
    const other = await server.connect(client);
    const subscription = bus.subscribe("orders.>");
    await subscription.ready;
    const payloads = [
      "",
      "not JSON",
      "[]",
      "null",
      '{"id":"x"}',
      JSON.stringify({ ...eventOf(1), version: 0 }),
      JSON.stringify({ ...eventOf(1), data: 7 }),
      JSON.stringify({ ...eventOf(1), data: { n: 7 } }).replace('"n":7', '"n":9007199254740993'),
      JSON.stringify({ ...eventOf(1), data: { n: 7 } }).replace('"n":7', '"n":1e400'),
      `\ufeff${JSON.stringify(eventOf(1))}`,
    ].map((text) => encoder.encode(text));
    const [begin, end] = JSON.stringify(eventOf(1, { data: { text: "|" } })).split("|");
    payloads.push(Buffer.concat([encoder.encode(begin), Uint8Array.of(0xff), encoder.encode(end)]));
    payloads.push(Uint8Array.from([0x22, 0xff, 0x22]), Uint8Array.from([0xed, 0xa0, 0x80]));
    for (const payload of payloads) other.publish(`${prefix}.orders.eu`, payload);
    other.publish(`${prefix}.orders.eu`, encoder.encode(JSON.stringify(eventOf(7))));
    const { value } = await subscription[Symbol.asyncIterator]().next();
    expect(value).toEqual(eventOf(7));
    expect(bus.metrics).toMatchObject({ malformed: payloads.length, delivered: 1 });
    const raw = statuses.map((status) => (status.type === "malformed" ? status.raw : status));
    expect(raw).toEqual(payloads.map((payload) => new Uint8Array(payload)));
    expect(statuses[0]).toMatchObject({
      namespace: "orders.eu",
      subject: `${prefix}.orders.eu`,
      cause: expect.any(Error),
    });
  });

  test("headers of other programs are ignored, even invalid ones", async () => {
    const prefix = newPrefix();
    const { bus, connection } = await server.open(client, { prefix });
    const handled: number[] = [];
    await bus.subscribe("a", ({ version }) => void handled.push(version)).ready;
    const headers = [
      "Aether-Bus: ",
      "Aether-Bus: x",
      "Aether-Bus: x 0",
      "Aether-Bus: x -7",
      "Aether-Bus: x 1e99",
      "Other: x 5",
    ];
    for (const [index, header] of headers.entries()) {
      const block = encoder.encode(`NATS/1.0\r\n${header}\r\n\r\n`);
      const payload = encoder.encode(JSON.stringify(eventOf(index + 1)));
      connection.publish(`${prefix}.a`, payload, { headers: { encode: () => block } });
    }
    await eventually(() => expect(handled).toEqual([1, 2, 3, 4, 5, 6]));
    expect(bus.metrics.missed).toBe(0);
  });

  test("a message with unreadable headers is malformed, and the connection continues", async () => {
    const prefix = newPrefix();
    const { bus, connection, statuses } = await server.open(client, { prefix });
    const other = await server.connect(client);
    const handled: number[] = [];
    await bus.subscribe("a", ({ version }) => void handled.push(version)).ready;
    const payload = encoder.encode(JSON.stringify(eventOf(1)));
    for (const header of ["not a name: x", "\u0000: x", "Aether-Bus: x\r1", "é: x"]) {
      const block = encoder.encode(`NATS/1.0\r\n${header}\r\n\r\n`);
      other.publish(`${prefix}.a`, payload, { headers: { encode: () => block } });
    }
    other.publish(`${prefix}.a`, encoder.encode(JSON.stringify(eventOf(2))));
    await eventually(() => expect(handled).toContain(2));
    expect(statuses.map(({ type }) => type)).toEqual(new Array(bus.metrics.malformed).fill("malformed"));
    expect(bus.metrics.malformed + handled.length).toBe(5);
    expect(bus.metrics.malformed).toBeGreaterThan(0);
    await connection.flush();
  });

  test("an event that is too large for the server is rejected before it is sent or delivered", async () => {
    const { bus } = await server.open(client, { prefix: newPrefix() });
    const handled: number[] = [];
    bus.subscribe("a", ({ version }) => void handled.push(version));
    const large = eventOf(1, { data: { text: "x".repeat(1_048_576) } });
    await expect(bus.publish("a", large)).rejects.toMatchObject({
      code: "AETHER_EVENT_TOO_LARGE",
      limitBytes: 1_048_576,
    });
    const largest = 1_048_576 - JSON.stringify(eventOf(1, { data: { text: "" } })).length - 100;
    await bus.publish("a", eventOf(2, { data: { text: "x".repeat(largest) } }));
    expect(handled).toEqual([2]);
  });

  test("a bus for events and announcements carries both", async () => {
    type OrderEvent = EventsOf<{ OrderPlaced: { item: string } }>;
    const prefix = newPrefix();
    const publisher = new NatsEventBus<OrderEvent | EventStored>(await server.connect(client), { prefix });
    const subscriber = new NatsEventBus<OrderEvent | EventStored>(await server.connect(client), { prefix });
    const announcements = subscriber.subscribe("orders.>", { eventTypes: [EVENT_STORED] });
    await announcements.ready;
    const announcement: EventStored = {
      ...eventOf(2),
      eventType: EVENT_STORED,
      data: {
        eventId: "event-2",
        eventType: "OrderPlaced",
        actorId: "actor-1",
        version: 2,
        timestamp: "2026-11-24T12:00:00Z",
      },
    };
    await publisher.publish("orders.eu", { ...eventOf(2), eventType: "OrderPlaced", data: { item: "lamp" } });
    await publisher.publish("orders.eu", announcement);
    for await (const event of announcements) {
      expectTypeOf(event).toEqualTypeOf<EventStored>();
      expect(event).toEqual(announcement);
      break;
    }
    await Promise.all([publisher.close(), subscriber.close()]);
  });
});
