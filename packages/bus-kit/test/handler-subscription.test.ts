import type { Event } from "@aether/core";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { eventOf, SmallBus } from "./support/small-bus.ts";

let bus: SmallBus;
beforeEach(() => {
  bus = new SmallBus();
});

/** Returns a promise and the functions that settle it. */
function gate(): { readonly promise: Promise<void>; open(): void; break(error: unknown): void } {
  let [open, fail]: [() => void, (error: unknown) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((resolve, reject) => {
    [open, fail] = [resolve, reject];
  });
  return { promise, open: () => open(), break: (error) => fail(error) };
}

describe("a subscription with a handler", () => {
  test("calls its handler immediately for each event, in order", () => {
    const handled: number[] = [];
    bus.handle(({ version }) => handled.push(version));
    bus.publishVersions(1, 2, 3);
    expect(handled).toEqual([1, 2, 3]);
    expect(bus.hub.counters.delivered).toBe(3);
  });

  test("does not call its handler again until the returned promise has settled", async () => {
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
    gates[1]?.break(new Error("of the handler"));
    await vi.waitFor(() => expect(begun).toEqual([0, 1, 2]));
  });

  test("does not call its handler again while a call is running", () => {
    const seen: string[] = [];
    bus.handle(({ version }) => {
      seen.push(`begin ${version}`);
      if (version < 3) bus.publishVersions(version + 1);
      seen.push(`end ${version}`);
    });
    bus.publishVersions(1);
    expect(seen).toEqual(["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"]);
  });

  test("counts events that do not fit into the buffer while the handler is busy", async () => {
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

  test("with overflow: error, ends after the buffered events, and the bus reports the overflow", async () => {
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

  test("does not call its handler after unsubscribing, even from within the handler", async () => {
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

  test("can be unsubscribed by its own handler, which awaits the call", async () => {
    const ended = gate();
    const subscription = bus.handle(async () => {
      await subscription.unsubscribe();
      ended.open();
    });
    bus.publishVersions(1);
    await ended.promise;
  });

  test("ends when its signal is aborted, and drops the buffered events", () => {
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

describe("a handler that ends its own bus", () => {
  test("is reported when the handler makes the bus fail", () => {
    const error = new Error("connection lost");
    bus.handle(() => bus.hub.fail(error));
    bus.publishVersions(1);
    expect(bus.statuses).toEqual([{ type: "subscription-failed", pattern: "a", error }]);
  });

  test("is not waited for after the handler has returned", async () => {
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

describe("the error of a handler", () => {
  const failures: readonly (readonly [string, (error: Error) => unknown])[] = [
    [
      "thrown",
      (error) => {
        throw error;
      },
    ],
    ["rejected", async (error) => Promise.reject(error)],
    [
      "rejected by a thenable",
      // biome-ignore lint/suspicious/noThenProperty: a thenable is the subject of the test.
      (error) => ({ then: (_: unknown, reject: (e: Error) => void) => reject(error) }),
    ],
  ];

  test.each(failures)("%s, is passed to onError with its event, and the subscription continues", async (_, fail) => {
    const errors: unknown[] = [];
    const error = new Error("of the handler");
    bus.handle(() => fail(error), { onError: (thrown, event) => errors.push([thrown, event.version]) });
    bus.publishVersions(1, 2);
    await vi.waitFor(() =>
      expect(errors).toEqual([
        [error, 1],
        [error, 2],
      ]),
    );
    expect(bus.statuses).toEqual([]);
    expect(bus.hub.counters).toMatchObject({ delivered: 2, failed: 2 });
  });

  test.each(failures)("%s, is reported if there is no onError", async (_, fail) => {
    const error = new Error("of the handler");
    bus.handle(() => fail(error));
    bus.publishVersions(1);
    const event = eventOf({ version: 1 });
    await vi.waitFor(() => expect(bus.statuses).toEqual([{ type: "handler-failed", pattern: "a", event, error }]));
  });

  test.each(failures)("is reported if onError itself fails: %s", async (_, fail) => {
    const error = new Error("of onError");
    const handler = (): never => {
      throw new Error("of the handler");
    };
    bus.handle(handler, { onError: () => fail(error) });
    bus.publishVersions(1);
    await vi.waitFor(() => expect(bus.statuses).toMatchObject([{ type: "handler-failed", error }]));
  });

  test("does not prevent other subscriptions from receiving the event", () => {
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

  test("of a filter is reported; the event is skipped and the subscription continues", () => {
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
  test("all handlers receive the events in the same order", () => {
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

  test("handlers that publish for each other a hundred thousand times do not overflow the stack", () => {
    let turns = 0;
    const answer = (to: string) => (): void => {
      if (++turns < 100_000) bus.publish(to, eventOf());
    };
    bus.handle(answer("pong"), {}, "ping");
    bus.handle(answer("ping"), {}, "pong");
    bus.publish("ping", eventOf());
    expect(turns).toBe(100_000);
  });

  test("subscriptions opened during a delivery receive only later events, and unsubscribed ones receive none", () => {
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
