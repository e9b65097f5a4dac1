import type { Event } from "@aether/core";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { eventOf, SmallBus } from "./support/small-bus.ts";

let bus: SmallBus;
beforeEach(() => {
  bus = new SmallBus();
});

/** A promise that is settled from outside. */
function gate(): { readonly promise: Promise<void>; open(): void; break(error: unknown): void } {
  let [open, fail]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((resolve, reject) => {
    [open, fail] = [resolve, reject];
  });
  return { promise, open: () => open(), break: (error) => fail(error) };
}

describe("a subscription with a handler", () => {
  test("calls it at once, for each event, in order", () => {
    const handled: number[] = [];
    bus.handle(({ version }) => handled.push(version));
    bus.publishVersions(1, 2, 3);
    expect(handled).toEqual([1, 2, 3]);
    expect(bus.hub.counters.delivered).toBe(3);
  });

  test("does not call it again before its promise has settled", async () => {
    const gates = [gate(), gate(), gate()];
    const begun: number[] = [];
    const subscription = bus.handle(({ version }) => {
      begun.push(version);
      return gates[version]?.promise;
    });
    bus.publishVersions(0, 1, 2);
    expect(begun).toEqual([0]);
    expect(subscription.waiting).toBe(2);
    gates[0]?.open();
    await vi.waitFor(() => expect(begun).toEqual([0, 1]));
    gates[1]?.break(new Error("mine"));
    await vi.waitFor(() => expect(begun).toEqual([0, 1, 2]));
  });

  test("does not call it again from within itself", () => {
    const seen: string[] = [];
    bus.handle(({ version }) => {
      seen.push(`begin ${version}`);
      if (version < 3) bus.publishVersions(version + 1);
      seen.push(`end ${version}`);
    });
    bus.publishVersions(1);
    expect(seen).toEqual(["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]);
  });

  test("counts what does not fit while the handler is busy", async () => {
    const first = gate();
    const handled: number[] = [];
    const subscription = bus.handle(
      ({ version }) => {
        handled.push(version);
        return version === 1 ? first.promise : undefined;
      },
      { bufferSize: 2 },
    );
    bus.publishVersions(1, 2, 3, 4, 5);
    first.open();
    await vi.waitFor(() => expect(handled).toEqual([1, 4, 5]));
    expect(subscription.dropped).toBe(2);
    expect(bus.statuses).toEqual([
      { type: "overflow", pattern: "a", bufferSize: 2, overflow: "drop-oldest", dropped: 1 },
    ]);
  });

  test("with overflow: error ends behind what did fit, and the bus says so", async () => {
    const first = gate();
    const handled: number[] = [];
    bus.handle(
      ({ version }) => {
        handled.push(version);
        return version === 1 ? first.promise : undefined;
      },
      { bufferSize: 1, overflow: "error" },
    );
    bus.publishVersions(1, 2, 3, 4);
    expect(bus.hub.count()).toBe(0);
    expect(bus.statuses).toEqual([]);
    first.open();
    await vi.waitFor(() => expect(bus.statuses).toHaveLength(1));
    expect(handled).toEqual([1, 2]);
    expect(bus.statuses).toMatchObject([
      { type: "subscription-failed", pattern: "a", error: { code: "AETHER_SUBSCRIPTION_OVERFLOW" } },
    ]);
  });

  test("is not called any more once it is unsubscribed, also by itself", async () => {
    const handled: number[] = [];
    const subscription = bus.handle(({ version }) => {
      handled.push(version);
      bus.publishVersions(version + 1);
      if (version === 2) void subscription.unsubscribe();
    });
    bus.publishVersions(1);
    expect(handled).toEqual([1, 2]);
    expect(bus.hub.count()).toBe(0);
  });

  test("can wait, within the handler, for its own end", async () => {
    const ended = gate();
    const subscription = bus.handle(async () => {
      await subscription.unsubscribe();
      ended.open();
    });
    bus.publishVersions(1);
    await ended.promise;
  });

  test("ends by its signal, and drops what was waiting", () => {
    const abort = new AbortController();
    const handled: number[] = [];
    const subscription = bus.handle(
      ({ version }) => {
        handled.push(version);
        return new Promise(() => {});
      },
      { signal: abort.signal },
    );
    bus.publishVersions(1, 2);
    abort.abort();
    bus.publishVersions(3);
    expect(handled).toEqual([1]);
    expect(subscription.dropped).toBe(1);
    expect(bus.statuses).toEqual([]);
  });
});

describe("a handler that ends things itself", () => {
  test("is reported when its bus fails within it", () => {
    const error = new Error("the line is dead");
    bus.handle(() => bus.hub.fail(error));
    bus.publishVersions(1);
    expect(bus.statuses).toEqual([{ type: "subscription-failed", pattern: "a", error }]);
  });

  test("is not waited for when it has returned", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let closing: Promise<void> | undefined;
    bus.handle(() => {
      closing = bus.hub.close(5_000);
    });
    bus.publishVersions(1);
    await closing;
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("what a handler throws", () => {
  const failures: readonly (readonly [string, (error: Error) => unknown])[] = [
    [
      "thrown",
      (error) => {
        throw error;
      },
    ],
    ["rejected", async (error) => Promise.reject(error)],
    [
      "rejected by a promise of another kind",
      // biome-ignore lint/suspicious/noThenProperty: that is what such a promise is.
      (error) => ({ then: (_: unknown, reject: (e: Error) => void) => reject(error) }),
    ],
  ];

  test.each(failures)("%s, goes to onError with its event, and the subscription goes on", async (_, fail) => {
    const heard: unknown[] = [];
    const error = new Error("mine");
    bus.handle(() => fail(error), { onError: (thrown, event) => heard.push([thrown, event.version]) });
    bus.publishVersions(1, 2);
    await vi.waitFor(() =>
      expect(heard).toEqual([
        [error, 1],
        [error, 2],
      ]),
    );
    expect(bus.statuses).toEqual([]);
    expect(bus.hub.counters).toMatchObject({ delivered: 2, failed: 2 });
  });

  test.each(failures)("%s, is reported where there is no onError", async (_, fail) => {
    const error = new Error("mine");
    bus.handle(() => fail(error));
    bus.publishVersions(1);
    const event = eventOf({ version: 1 });
    await vi.waitFor(() => expect(bus.statuses).toEqual([{ type: "handler-failed", pattern: "a", event, error }]));
  });

  test.each(failures)("is reported where onError fails itself: %s", async (_, fail) => {
    const error = new Error("of onError");
    const handler = (): never => {
      throw new Error("of the handler");
    };
    bus.handle(handler, { onError: () => fail(error) });
    bus.publishVersions(1);
    await vi.waitFor(() => expect(bus.statuses).toMatchObject([{ type: "handler-failed", error }]));
  });

  test("does not keep the event from anyone else", () => {
    const handled: string[] = [];
    const handler = (name: string) => (): void => {
      handled.push(name);
      throw new Error(name);
    };
    bus.handle(handler("first"));
    bus.handle(handler("second"));
    bus.publishVersions(1);
    expect(handled).toEqual(["first", "second"]);
  });

  test("of a filter is reported; the event is not delivered there, the subscription goes on", () => {
    const handled: number[] = [];
    const error = new Error("of the filter");
    bus.handle(({ version }) => handled.push(version), {
      filter: ({ version }) => {
        if (version === 1) throw error;
        return true;
      },
    });
    bus.publishVersions(1, 2);
    expect(handled).toEqual([2]);
    expect(bus.statuses).toEqual([{ type: "filter-failed", pattern: "a", event: eventOf({ version: 1 }), error }]);
    expect(bus.hub.counters.failed).toBe(1);
  });
});

describe("when a handler publishes", () => {
  test("everyone gets the events in the same order", () => {
    const orders: number[][] = [[], [], []];
    const note =
      (at: number) =>
      ({ version }: Event) => {
        orders[at]?.push(version);
        if (at < 2 && version < 4) bus.publishVersions(version * 2 + at);
      };
    for (const at of [0, 1, 2]) bus.handle(note(at));
    bus.publishVersions(1);
    expect(orders[0]?.length).toBeGreaterThan(5);
    expect(orders[1]).toEqual(orders[0]);
    expect(orders[2]).toEqual(orders[0]);
  });

  test("handlers that answer each other a hundred thousand times do not fill the stack", () => {
    let turns = 0;
    const answer = (to: string) => (): void => {
      if (++turns < 100_000) bus.publish(to, eventOf());
    };
    bus.handle(answer("pong"), {}, "ping");
    bus.handle(answer("ping"), {}, "pong");
    bus.publish("ping", eventOf());
    expect(turns).toBe(100_000);
  });

  test("those who subscribe meanwhile get what is published after that, and those who left nothing", () => {
    const late: number[] = [];
    const left: number[] = [];
    bus.handle(({ version }) => {
      if (version !== 1) return;
      bus.handle((event) => late.push(event.version));
      void leaving.unsubscribe();
    });
    const leaving = bus.handle(({ version }) => left.push(version));
    bus.publishVersions(1, 2);
    expect(late).toEqual([2]);
    expect(left).toEqual([]);
  });
});
