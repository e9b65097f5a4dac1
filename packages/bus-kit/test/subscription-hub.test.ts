import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { readSubscribeArguments } from "../src/index.ts";
import { eventOf, SmallBus, versionsFrom } from "./support/small-bus.ts";

let bus: SmallBus;
beforeEach(() => {
  bus = new SmallBus();
});

describe("ready", () => {
  test("resolves when the subscription is confirmed", async () => {
    const subscription = bus.read();
    subscription.confirm();
    await subscription.ready;
  });

  test("resolves when the subscription is unsubscribed or the bus is closed first", async () => {
    const [left, closed] = [bus.read(), bus.read()];
    await left.unsubscribe();
    await bus.hub.close(0);
    await left.ready;
    await closed.ready;
  });

  test("rejects with the error that ended the subscription first", async () => {
    const abort = new AbortController();
    const aborted = bus.read({ signal: abort.signal });
    const failed = bus.read();
    abort.abort(new Error("enough"));
    bus.hub.fail(new Error("connection lost"));
    await expect(aborted.ready).rejects.toThrow("enough");
    await expect(failed.ready).rejects.toThrow("connection lost");
  });
});

describe("the metrics", () => {
  test("are a plain object of numbers, with the number of subscribers by pattern", async () => {
    const reader = bus.read({ bufferSize: 1 });
    bus.handle(() => {}, {}, ">");
    const left = bus.read({}, "__proto__");
    bus.read({}, "__proto__");
    bus.publishVersions(1, 2);
    expect(JSON.parse(JSON.stringify(bus.hub.metrics()))).toEqual({
      published: 0,
      delivered: 2,
      dropped: 1,
      failed: 0,
      malformed: 0,
      waiting: 1,
      subscribers: JSON.parse('{"a":1,">":1,"__proto__":2}'),
    });
    await left.unsubscribe();
    await reader.unsubscribe();
    expect(JSON.stringify(bus.hub.metrics().subscribers)).toBe('{">":1,"__proto__":1}');
    expect(bus.hub.count()).toBe(2);
    expect(bus.hub.count(">")).toBe(1);
    expect(bus.hub.count("a")).toBe(0);
  });

  test("count every event as delivered, dropped or waiting", () => {
    const busy = bus.handle(() => new Promise(() => {}), { bufferSize: 5 });
    bus.read({ bufferSize: 3, overflow: "drop-newest" });
    bus.publishVersions(...Array.from({ length: 20 }, (_, at) => at + 1));
    const { delivered, dropped, waiting } = bus.hub.metrics();
    expect(delivered + dropped + waiting).toBe(40);
    void busy.unsubscribe();
    expect(bus.hub.counters).toMatchObject({ delivered: 1, dropped: 36 });
  });
});

describe("closing", () => {
  test("lets loops consume their buffered events", async () => {
    const subscription = bus.read();
    bus.publishVersions(1, 2);
    await bus.hub.close(0);
    bus.publishVersions(3);
    expect(await versionsFrom(subscription)).toEqual([1, 2]);
    expect(bus.hub.count()).toBe(0);
  });

  test("waits for handlers to consume the buffered events", async () => {
    const handled: number[] = [];
    bus.handle(async ({ version }) => {
      await Promise.resolve();
      handled.push(version);
    });
    bus.publishVersions(1, 2, 3);
    await bus.hub.close(10_000);
    expect(handled).toEqual([1, 2, 3]);
  });

  test("waits for the handlers of subscriptions that have already ended", async () => {
    const handled: string[] = [];
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const handle = (name: string) => async (): Promise<void> => {
      await gate;
      handled.push(name);
    };
    const abort = new AbortController();
    const left = bus.handle(handle("unsubscribed"));
    bus.handle(handle("aborted"), { signal: abort.signal });
    bus.handle(handle("overflowing"), { bufferSize: 1, overflow: "error" });
    bus.publishVersions(1, 2, 3);
    await left.unsubscribe();
    abort.abort();
    const closing = bus.hub.close(10_000).then(() => handled.push("closed"));
    await new Promise((resolve) => setImmediate(resolve));
    open();
    await closing;
    expect(handled).toEqual(["unsubscribed", "aborted", "overflowing", "overflowing", "closed"]);
  });

  test("stops waiting for a stuck handler after the timeout, and drops the remaining events", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const stuck = bus.handle(() => new Promise(() => {}));
    bus.publishVersions(1, 2, 3);
    let closed = false;
    const closing = bus.hub.close(5_000).then(() => {
      closed = true;
    });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(closed).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await closing;
    expect(stuck.dropped).toBe(2);
  });

  test("leaves no timer running", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    bus.handle(() => {});
    await bus.hub.close(5_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("failing", () => {
  test("makes loops throw the error after the buffered events, and reports the error for handlers", async () => {
    const reader = bus.read();
    bus.handle(() => {});
    bus.publishVersions(1);
    const error = new Error("connection lost");
    bus.hub.fail(error);
    expect(bus.statuses).toEqual([{ type: "subscription-failed", pattern: "a", error }]);
    const iterator = reader[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toEqual(eventOf({ version: 1 }));
    await expect(iterator.next()).rejects.toBe(error);
  });
});

test("opening throws the error that the source throws, and leaves no subscription", () => {
  const removed = vi.fn();
  const source = {
    add: () => {
      throw new Error("no connection");
    },
    remove: removed,
  };
  expect(() => bus.hub.open(readSubscribeArguments("a", {}), source)).toThrow("no connection");
  expect(bus.hub.count()).toBe(0);
  expect(removed).toHaveBeenCalledOnce();
});

test("opening with an aborted signal throws its reason, and leaves no subscription", () => {
  const reason = new Error("too late");
  const request = readSubscribeArguments("a", { signal: AbortSignal.abort(reason) });
  expect(() => bus.hub.open(request, bus.registry)).toThrow(reason);
  expect(bus.hub.count()).toBe(0);
  expect(bus.registry.matching("a")).toEqual([]);
});
