import { EVENT_STORED, type Event, type EventStored, type EventsOf } from "@aether/core";
import { describe, expect, expectTypeOf, onTestFinished, test, vi } from "vitest";
import { MemoryEventBus, type SubscriptionStatus } from "../src/index.ts";
import { eventOf, eventsUpTo } from "./support/events.ts";

type OrderEvent = EventsOf<{ OrderPlaced: { item: string }; OrderShipped: { carrier: string } }>;

describe("a handler", () => {
  test("has been called when publish returns", () => {
    const bus = new MemoryEventBus();
    const handled: Event[] = [];
    bus.subscribe("a", (event) => {
      handled.push(event);
    });
    void bus.publish("a", eventOf(1));
    expect(handled).toEqual([eventOf(1)]);
  });

  test("receives a burst that is larger than its buffer, if it is fast", () => {
    const bus = new MemoryEventBus();
    let handled = 0;
    bus.subscribe("a", () => {
      handled++;
    });
    for (const event of eventsUpTo(5_000)) void bus.publish("a", event);
    expect(handled).toBe(5_000);
  });
});

describe("a delivered event", () => {
  const received = (bus: MemoryEventBus): Event[] => {
    const events: Event[] = [];
    bus.subscribe("a", (event) => {
      events.push(event);
    });
    return events;
  };

  test("is one copy for all subscriptions", async () => {
    const bus = new MemoryEventBus();
    const [first, second] = [received(bus), received(bus)];
    const event = eventOf(1);
    await bus.publish("a", event);
    expect(first[0]).not.toBe(event);
    expect(first[0]).toBe(second[0]);
  });

  test("is the published object itself if the object is already deeply frozen", async () => {
    const bus = new MemoryEventBus();
    const events = received(bus);
    await bus.publish("a", eventOf(1));
    const [frozen] = events;
    for (const _ of [1, 2]) await bus.publish("a", frozen as Event);
    expect(events[1]).toBe(frozen);
    expect(events[2]).toBe(frozen);
  });

  test("is checked even if it is frozen", async () => {
    const bus = new MemoryEventBus();
    for (const _ of [1, 2]) {
      const invalid = Object.freeze({
        ...eventOf(1),
        metadata: Object.freeze({}),
        data: Object.freeze({}),
        version: 0,
      });
      await expect(bus.publish("a", invalid)).rejects.toMatchObject({ code: "AETHER_INVALID_EVENT", path: "version" });
    }
  });
});

test("the type of an event follows from the bus and from eventTypes, including announcements", async () => {
  const bus = new MemoryEventBus<OrderEvent | EventStored>();
  bus.subscribe("orders.>", (event) => {
    expectTypeOf(event).toEqualTypeOf<OrderEvent | EventStored>();
  });
  const shipped = (carrier: string): void => expect(carrier).toBe("DHL");
  bus.subscribe("orders.>", (event) => shipped(event.data.carrier), { eventTypes: ["OrderShipped"] });
  const announcements = bus.subscribe("orders.>", { eventTypes: [EVENT_STORED] });
  const announcement: EventStored = {
    ...eventOf(2),
    eventType: EVENT_STORED,
    data: {
      eventId: "event-2",
      eventType: "OrderPlaced",
      actorId: "order-1",
      version: 2,
      timestamp: "2026-11-24T12:00:00Z",
    },
  };
  await bus.publish("orders.eu", { ...eventOf(1), eventType: "OrderPlaced", data: { item: "lamp" } });
  await bus.publish("orders.eu", announcement);
  // @ts-expect-error: not an event of this bus
  await bus.publish("orders.eu", { ...eventOf(1), eventType: "OrderLost", data: {} });
  for await (const event of announcements) {
    expectTypeOf(event).toEqualTypeOf<EventStored>();
    expect(event).toEqual(announcement);
    break;
  }
});

test("the metrics contain counters and gauges", async () => {
  const bus = new MemoryEventBus({ onStatus: () => {} });
  bus.subscribe("a.*", { bufferSize: 2 });
  bus.subscribe(">", () => {
    throw new Error("of the handler");
  });
  for (const event of eventsUpTo(3)) await bus.publish("a.b", event);
  await bus.publish("b", eventOf(4));
  await bus.publish("a..b", eventOf(5)).catch(() => {});
  expect(bus.metrics).toEqual({
    published: 4,
    delivered: 4,
    dropped: 1,
    failed: 4,
    malformed: 0,
    waiting: 2,
    subscribers: { "a.*": 1, ">": 1 },
  });
});

test("onStatus is called with overflows and failures", async () => {
  const statuses: SubscriptionStatus[] = [];
  const bus = new MemoryEventBus({ onStatus: (status) => statuses.push(status) });
  const error = new Error("of the handler");
  bus.subscribe("a", { bufferSize: 1 });
  bus.subscribe("a", async () => {
    throw error;
  });
  for (const event of eventsUpTo(2)) await bus.publish("a", event);
  await vi.waitFor(() =>
    expect(statuses.map(({ type }) => type).sort()).toEqual(["handler-failed", "handler-failed", "overflow"]),
  );
  expect(statuses).toContainEqual({ type: "handler-failed", pattern: "a", event: eventOf(1), error });
});

test("close waits drainTimeoutMs for a stuck handler", async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const bus = new MemoryEventBus({ drainTimeoutMs: 100 });
  bus.subscribe("a", () => new Promise<void>(() => {}));
  void bus.publish("a", eventOf(1));
  let closed = false;
  const closing = bus.close().then(() => {
    closed = true;
  });
  await vi.advanceTimersByTimeAsync(99);
  expect(closed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await closing;
});

test.each<[string, unknown]>([
  ["options", null],
  ["options.onStatus", { onStatus: "log" }],
  ["options.drainTimeoutMs", { drainTimeoutMs: -1 }],
  ["options.drainTimeoutMs", { drainTimeoutMs: Number.POSITIVE_INFINITY }],
])("%s is rejected: %j", (argument, options) => {
  const invalid = expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT", argument });
  expect(() => new MemoryEventBus(options as object)).toThrow(invalid);
});
