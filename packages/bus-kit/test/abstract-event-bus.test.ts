import type { Event } from "@aether/core";
import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  AbstractEventBus,
  type LocalSubscription,
  PatternRegistry,
  resolveBusOptions,
  type SubscriptionSource,
} from "../src/index.ts";
import { eventOf, versionsFrom } from "./support/small-bus.ts";

/** A bus that records the calls from its base class. It accepts an additional option of `subscribe`. */
class TestBus extends AbstractEventBus<Event, { readonly group?: string }> {
  readonly sent: unknown[] = [];
  readonly opened: LocalSubscription[] = [];
  readonly group = new PatternRegistry();
  readonly shutDowns: number[] = [];
  onSend: () => void = () => {};

  constructor() {
    super(resolveBusOptions({ onStatus: () => {}, drainTimeoutMs: 100 }));
  }

  lose(cause: unknown): void {
    this.fail(cause);
  }

  protected override send(namespace: string, event: Event, signal: AbortSignal | undefined): Promise<void> {
    this.onSend();
    this.sent.push([namespace, event.version, signal]);
    return Promise.resolve();
  }

  protected override sourceFor(options: { readonly group?: string } | undefined): SubscriptionSource {
    return options?.group === undefined ? super.sourceFor(options) : this.group;
  }

  protected override onOpened(subscription: LocalSubscription): void {
    this.opened.push(subscription);
  }

  protected override async shutDown(timeoutMs: number): Promise<void> {
    this.shutDowns.push(timeoutMs);
    await super.shutDown(timeoutMs);
  }
}

let bus: TestBus;
beforeEach(() => {
  bus = new TestBus();
});

describe("publish", () => {
  test("sends an event before delivering it", async () => {
    const order: string[] = [];
    bus.onSend = () => order.push("sent");
    bus.subscribe("a", () => void order.push("delivered"));
    const { signal } = new AbortController();
    await bus.publish("a", eventOf(), { signal });
    expect(order).toEqual(["sent", "delivered"]);
    expect(bus.sent).toEqual([["a", 1, signal]]);
  });

  test("rejects if sending throws, and delivers nothing", async () => {
    const handled = vi.fn();
    bus.subscribe("a", handled);
    bus.onSend = () => {
      throw new Error("no connection");
    };
    await expect(bus.publish("a", eventOf())).rejects.toThrow("no connection");
    expect(handled).not.toHaveBeenCalled();
  });

  test("checks its input, then whether the bus is open, then the signal", async () => {
    const reason = new Error("too late");
    const aborted = { signal: AbortSignal.abort(reason) };
    await expect(bus.publish("a", eventOf(), aborted)).rejects.toBe(reason);
    await bus.close();
    await expect(bus.publish("a", eventOf(), aborted)).rejects.toMatchObject({ code: "AETHER_BUS_CLOSED" });
    const invalid = bus.publish("a", eventOf({ version: 0 }), aborted);
    await expect(invalid).rejects.toMatchObject({ code: "AETHER_INVALID_EVENT" });
    await expect(bus.publish("a.*", eventOf())).rejects.toMatchObject({ code: "AETHER_INVALID_NAMESPACE" });
    expect(bus.sent).toEqual([]);
  });
});

describe("subscribe", () => {
  test("passes the options of either form to the bus", async () => {
    const handled = vi.fn();
    const inGroup = [bus.subscribe("a", { group: "g" }), bus.subscribe("a", handled, { group: "g" })];
    const subscription = bus.subscribe("a");
    await bus.publish("a", eventOf());
    expect(bus.group.matching("a")).toEqual(inGroup);
    expect(bus.opened).toEqual([...inGroup, subscription]);
    expect(handled).not.toHaveBeenCalled();
    expect(bus.metrics).toMatchObject({ waiting: 1, subscribers: { a: 3 } });
  });

  test("checks its input, then whether the bus is open, then the signal", async () => {
    const reason = new Error("too late");
    const aborted = { signal: AbortSignal.abort(reason) };
    expect(() => bus.subscribe("a", aborted)).toThrow(reason);
    await bus.close();
    expect(() => bus.subscribe("a", aborted)).toThrow(expect.objectContaining({ code: "AETHER_BUS_CLOSED" }));
    const invalid = expect.objectContaining({ code: "AETHER_INVALID_ARGUMENT" });
    expect(() => bus.subscribe("a", { ...aborted, bufferSize: 0 })).toThrow(invalid);
    expect(bus.subscriberCount()).toBe(0);
  });
});

describe("close", () => {
  test("shuts the bus down once", async () => {
    const subscription = bus.subscribe("a");
    await bus.publish("a", eventOf());
    await Promise.all([bus.close(), bus.close()]);
    await bus[Symbol.asyncDispose]();
    expect(bus.shutDowns).toEqual([100]);
    expect(await versionsFrom(subscription)).toEqual([1]);
  });
});

test("a failed bus ends its subscriptions and rejects later calls, with the cause", async () => {
  const cause = new Error("connection lost");
  const closed = expect.objectContaining({ code: "AETHER_BUS_CLOSED", cause });
  const iterator = bus.subscribe("a")[Symbol.asyncIterator]();
  bus.lose(cause);
  await expect(iterator.next()).rejects.toEqual(closed);
  await expect(bus.publish("a", eventOf())).rejects.toEqual(closed);
  expect(() => bus.subscribe("a")).toThrow(closed);
  await bus.close();
});
