import { getEventListeners } from "node:events";
import { beforeEach, describe, expect, test } from "vitest";
import { eventOf, SmallBus, versionsFrom } from "./support/small-bus.ts";

let bus: SmallBus;
beforeEach(() => {
  bus = new SmallBus();
});

describe("a subscription that is iterated", () => {
  test("yields the events published since it was opened, in order, even if the loop begins later", async () => {
    bus.publishVersions(1);
    const subscription = bus.read();
    bus.publishVersions(2, 3);
    const read: number[] = [];
    for await (const { version } of subscription) {
      read.push(version);
      if (version < 6) bus.publishVersions(version + 2);
      if (version === 7) break;
    }
    expect(read).toEqual([2, 3, 4, 5, 6, 7]);
  });

  test("resolves concurrent calls to next in order", async () => {
    const iterator = bus.read()[Symbol.asyncIterator]();
    const results = [iterator.next(), iterator.next(), iterator.next()];
    bus.publishVersions(1, 2);
    await iterator.return?.();
    expect(await Promise.all(results)).toEqual([
      { done: false, value: eventOf({ version: 1 }) },
      { done: false, value: eventOf({ version: 2 }) },
      { done: true, value: undefined },
    ]);
  });

  test("does not buffer the event whose filter ends the subscription", () => {
    const subscription = bus.read({
      filter: ({ version }) => {
        if (version === 2) void subscription.unsubscribe();
        return true;
      },
    });
    bus.publishVersions(1, 2, 3);
    expect(subscription.dropped).toBe(1);
  });

  test("does not receive events for which its filter returns nothing", async () => {
    const subscription = bus.read({ filter: (() => undefined) as unknown as () => boolean });
    bus.publishVersions(1, 2);
    await subscription.unsubscribe();
    expect(subscription.dropped).toBe(0);
  });

  test("can be iterated only once", async () => {
    const subscription = bus.read();
    subscription[Symbol.asyncIterator]();
    const used = expect.objectContaining({ code: "AETHER_SUBSCRIPTION_USED", pattern: "a" });
    expect(() => subscription[Symbol.asyncIterator]()).toThrow(used);
  });

  test("ends when the loop breaks, and counts the buffered events as dropped", async () => {
    const subscription = bus.read();
    bus.publishVersions(1, 2, 3);
    for await (const _ of subscription) break;
    bus.publishVersions(4);
    expect(bus.hub.count()).toBe(0);
    expect(bus.registry.matching("a")).toEqual([]);
    expect(subscription.dropped).toBe(2);
    expect(bus.hub.counters).toMatchObject({ delivered: 1, dropped: 2 });
  });

  test("ends when the loop throws", async () => {
    const subscription = bus.read();
    bus.publishVersions(1);
    const loop = async (): Promise<void> => {
      for await (const _ of subscription) throw new Error("of the loop");
    };
    await expect(loop()).rejects.toThrow("of the loop");
    expect(bus.hub.count()).toBe(0);
  });

  test("ends with await using", async () => {
    {
      await using subscription = bus.read();
      expect(bus.hub.count(subscription.pattern)).toBe(1);
    }
    expect(bus.hub.count()).toBe(0);
  });

  test("ends a running loop when it is unsubscribed; unsubscribing again has no effect", async () => {
    const subscription = bus.read();
    const read = versionsFrom(subscription);
    bus.publishVersions(1);
    await subscription.unsubscribe();
    await subscription.unsubscribe();
    expect(await read).toEqual([1]);
    expect(subscription.dropped).toBe(0);
  });
});

test("unsubscribing after the bus was closed discards the buffered events", async () => {
  const subscription = bus.read();
  bus.publishVersions(1, 2);
  await bus.hub.close(0);
  await subscription.unsubscribe();
  expect(await versionsFrom(subscription)).toEqual([]);
  expect(subscription.dropped).toBe(2);
});

describe("the signal of a subscription that is iterated", () => {
  test("ends the loop with its reason and drops the buffered events", async () => {
    const abort = new AbortController();
    const subscription = bus.read({ signal: abort.signal });
    bus.publishVersions(1, 2);
    const reason = new Error("enough");
    abort.abort(reason);
    bus.publishVersions(3);
    const iterator = subscription[Symbol.asyncIterator]();
    await expect(iterator.next()).rejects.toBe(reason);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(subscription.dropped).toBe(2);
    expect(bus.hub.count()).toBe(0);
    expect(bus.statuses).toEqual([]);
  });

  test("ends a loop that is waiting", async () => {
    const abort = new AbortController();
    const read = versionsFrom(bus.read({ signal: abort.signal }));
    const reason = new Error("enough");
    abort.abort(reason);
    await expect(read).rejects.toBe(reason);
  });

  test("has no effect after the subscription has ended, and keeps no listener", async () => {
    const abort = new AbortController();
    const subscription = bus.read({ signal: abort.signal });
    await subscription.unsubscribe();
    expect(getEventListeners(abort.signal, "abort")).toEqual([]);
    abort.abort();
    expect(await versionsFrom(subscription)).toEqual([]);
  });
});

describe("the buffer of a subscription", () => {
  test("drops the oldest by default", async () => {
    const subscription = bus.read({ bufferSize: 2 });
    bus.publishVersions(1, 2, 3, 4);
    await bus.hub.close(0);
    expect(await versionsFrom(subscription)).toEqual([3, 4]);
    expect(subscription.dropped).toBe(2);
  });

  test("drops the newest with overflow: drop-newest", async () => {
    const subscription = bus.read({ bufferSize: 2, overflow: "drop-newest" });
    bus.publishVersions(1, 2, 3, 4);
    await bus.hub.close(0);
    expect(await versionsFrom(subscription)).toEqual([1, 2]);
    expect(subscription.dropped).toBe(2);
  });

  test("ends the subscription after the buffered events with overflow: error", async () => {
    const subscription = bus.read({ bufferSize: 2, overflow: "error" });
    bus.publishVersions(1, 2, 3, 4);
    expect(bus.hub.count()).toBe(0);
    const iterator = subscription[Symbol.asyncIterator]();
    expect([await iterator.next(), await iterator.next()].map(({ value }) => value?.version)).toEqual([1, 2]);
    await expect(iterator.next()).rejects.toMatchObject({
      code: "AETHER_SUBSCRIPTION_OVERFLOW",
      pattern: "a",
      bufferSize: 2,
    });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(subscription.dropped).toBe(1);
    expect(bus.statuses).toEqual([]);
  });

  test("is bypassed while the loop waits", async () => {
    const subscription = bus.read({ bufferSize: 1, overflow: "error" });
    const iterator = subscription[Symbol.asyncIterator]();
    const results = Promise.all([iterator.next(), iterator.next(), iterator.next()]);
    bus.publishVersions(1, 2, 3);
    expect((await results).map(({ value }) => value?.version)).toEqual([1, 2, 3]);
  });

  test("reports an overflow once, and again only after the buffer was empty", async () => {
    const subscription = bus.read({ bufferSize: 2 });
    const iterator = subscription[Symbol.asyncIterator]();
    bus.publishVersions(1, 2, 3, 4);
    await iterator.next();
    bus.publishVersions(5, 6, 7);
    const overflow = { type: "overflow", pattern: "a", bufferSize: 2, overflow: "drop-oldest" };
    expect(bus.statuses).toEqual([{ ...overflow, dropped: 1 }]);
    await iterator.next();
    await iterator.next();
    bus.publishVersions(8, 9, 10);
    expect(bus.statuses).toEqual([
      { ...overflow, dropped: 1 },
      { ...overflow, dropped: subscription.dropped },
    ]);
    expect(subscription.dropped).toBe(5);
  });

  test("stays bounded during a million events for a stuck loop, and other subscriptions are unaffected", async () => {
    const stuck = bus.read({ bufferSize: 100 });
    await takeOneEvent(stuck);
    let handled = 0;
    bus.handle(() => {
      handled++;
    });
    const event = eventOf();
    for (let count = 0; count < 1_000_000; count++) bus.publish("a", event);
    expect(handled).toBe(1_000_000);
    expect(stuck.waiting).toBe(100);
    expect(stuck.dropped).toBe(999_900);
    expect(bus.hub.metrics()).toMatchObject({ waiting: 100, dropped: 999_900 });
    expect(bus.statuses).toHaveLength(1);
  });
});

/** Starts a loop that receives one event and never requests the next. */
async function takeOneEvent(subscription: AsyncIterable<unknown>): Promise<void> {
  const iterator = subscription[Symbol.asyncIterator]();
  const first = iterator.next();
  bus.publishVersions(0);
  await first;
}
