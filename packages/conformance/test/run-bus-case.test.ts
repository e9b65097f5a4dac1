import type { Event } from "@aether/core";
import { describe, expect, test } from "vitest";
import {
  type BusCase,
  type BusCaseContext,
  type BusUnderTest,
  busCases,
  ConformanceError,
  runBusCase,
  testEventBus,
} from "../src/index.ts";
import { event } from "../src/samples/events.ts";
import { busUnderTest } from "./bus-mutants/mutant.ts";
import type { Channel } from "./reference-bus/channel.ts";
import { ReferenceBus } from "./reference-bus/reference-bus.ts";
import { ReferenceSubscription } from "./reference-bus/reference-subscription.ts";
import type { SubscribeRequest } from "./reference-bus/subscribe-request.ts";

function caseThat(run: BusCase["run"]): BusCase {
  return { group: "group", name: "the guarantee of the case", setups: ["one bus", "two buses"], run };
}

/** A correct bus that logs the calls of its hooks. */
function loggingBus(log: string[]): BusUnderTest<Channel> {
  const correct = busUnderTest(ReferenceBus);
  let opened = 0;
  return {
    ...correct,
    createChannel: () => {
      log.push("create");
      return correct.createChannel();
    },
    open: async (channel) => {
      const bus = await correct.open(channel);
      const [name, close] = [`bus ${++opened}`, bus.close.bind(bus)];
      log.push(`open ${name}`);
      bus.close = () => {
        log.push(`close ${name}`);
        return close();
      };
      return bus;
    },
    destroyChannel: () => void log.push("destroy"),
  };
}

describe("runBusCase", () => {
  test("gives a case one bus for both roles, or two buses", async () => {
    const same = async (context: BusCaseContext): Promise<void> => expect(context.publisher).toBe(context.subscriber);
    const different = async (context: BusCaseContext): Promise<void> =>
      expect(context.publisher).not.toBe(context.subscriber);
    await runBusCase(busUnderTest(ReferenceBus), caseThat(same), "one bus");
    await runBusCase(busUnderTest(ReferenceBus), caseThat(different), "two buses");
  });

  test("closes all buses and destroys all channels, even after a failed case", async () => {
    const log: string[] = [];
    const failure = new ConformanceError({ guarantee: "p", given: 1, expected: 1, actual: 2 });
    const busCase = caseThat(async (context) => {
      await context.open();
      await context.openOnOtherChannel();
      throw failure;
    });
    await expect(runBusCase(loggingBus(log), busCase, "two buses")).rejects.toBe(failure);
    const closed = [1, 2, 3, 4].map((bus) => `close bus ${bus}`);
    const begun = ["create", "open bus 1", "open bus 2", "open bus 3", "create", "open bus 4"];
    expect(log).toEqual([...begun, ...closed, "destroy", "destroy"]);
  });

  test("fails a case that does not end in time, with an error that names the awaited event or call", async () => {
    const bus = busUnderTest(ReferenceBus, 50);
    const stuck = runBusCase(
      bus,
      caseThat((context) => context.waitFor("an event", () => false)),
      "one bus",
    );
    await expect(stuck).rejects.toMatchObject({
      name: "ConformanceError",
      guarantee: "the guarantee of the case",
      expected: "settles within 50 ms (caseTimeoutMs)",
      actual: expect.stringContaining("still waiting for an event: "),
    });
    const silent = runBusCase(
      bus,
      caseThat(() => new Promise(() => {})),
      "one bus",
    );
    await expect(silent).rejects.toMatchObject({
      given: 'the case "the guarantee of the case"',
      actual: expect.stringContaining("still waiting: "),
    });
  });

  test("rejects after a passed case if closing a bus fails or does not end", async () => {
    const closing = (close: () => Promise<void>): Promise<void> =>
      runBusCase(
        {
          ...busUnderTest(ReferenceBus, 50),
          open: (channel) => Object.assign(new ReferenceBus(channel), { close }),
        },
        caseThat(async () => {}),
        "one bus",
      );
    const locked = new Error("locked");
    await expect(closing(() => Promise.reject(locked))).rejects.toMatchObject({ given: "close()", actual: locked });
    await expect(closing(() => new Promise(() => {}))).rejects.toMatchObject({
      guarantee: "close ends and does not reject",
    });
  });

  test("fails a case that leaves a rejection unhandled, and stops watching when the case has ended", async () => {
    const listeners = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection"); // the test runner would report the rejection, too
    try {
      const reason = new Error("not handled");
      const careless = caseThat(async () => void Promise.reject(reason));
      await expect(runBusCase(busUnderTest(ReferenceBus), careless, "one bus")).rejects.toMatchObject({
        name: "ConformanceError",
        guarantee: "no rejection is left unhandled",
        given: 'the case "the guarantee of the case"',
        actual: reason,
        cause: reason,
      });
      const handled = caseThat(async () => {
        const rejection = Promise.reject(reason);
        await Promise.resolve();
        rejection.catch(() => {});
      });
      await runBusCase(busUnderTest(ReferenceBus), handled, "one bus");
      expect(process.listenerCount("unhandledRejection")).toBe(0);
    } finally {
      for (const listener of listeners) process.on("unhandledRejection", listener);
    }
  });

  test("resolves settle immediately if the bus under test has no settle function", async () => {
    const { settle: _, ...bus } = busUnderTest(ReferenceBus);
    await runBusCase(
      bus,
      caseThat((context) => context.settle()),
      "one bus",
    );
  });
});

describe("every call of a case", () => {
  /** Runs a call on a bus whose subscriptions have the given members. */
  const calling = (members: object, call: (context: BusCaseContext) => unknown): Promise<void> => {
    class Odd extends ReferenceBus {
      protected override newSubscription(request: SubscribeRequest): ReferenceSubscription {
        return Object.assign(new ReferenceSubscription(request, () => {}), members);
      }
    }
    const busCase = caseThat(async (context) => {
      await call(context);
    });
    return runBusCase(busUnderTest(Odd), busCase, "one bus");
  };
  const throwing = (): never => {
    throw new Error("at once");
  };

  test.each<[string, object, (context: BusCaseContext) => unknown]>([
    ["unsubscribe", { unsubscribe: throwing }, ({ subscriber }) => subscriber.subscribe("a").unsubscribe()],
    [
      "disposal",
      { [Symbol.asyncDispose]: throwing },
      ({ subscriber }) => subscriber.subscribe("a")[Symbol.asyncDispose](),
    ],
    [
      "next",
      { [Symbol.asyncIterator]: () => ({ next: throwing }) },
      ({ subscriber }) => subscriber.subscribe("a")[Symbol.asyncIterator]().next(),
    ],
  ])("must not throw synchronously: %s", async (_, members, call) => {
    await expect(calling(members, call)).rejects.toMatchObject({
      guarantee: "methods report errors by a rejected promise, and do not throw",
    });
  });

  test.each<[string, object, (context: BusCaseContext) => unknown]>([
    ["unsubscribe", { unsubscribe: () => undefined }, ({ subscriber }) => subscriber.subscribe("a").unsubscribe()],
    [
      "next",
      { [Symbol.asyncIterator]: () => ({ next: () => ({ done: true }) }) },
      ({ subscriber }) => subscriber.subscribe("a")[Symbol.asyncIterator]().next(),
    ],
  ])("must return a promise: %s", async (_, members, call) => {
    const guarantee = "asynchronous methods return a promise";
    await expect(calling(members, call)).rejects.toMatchObject({ guarantee });
  });

  test("to subscribe must return a subscription directly", async () => {
    const seen = calling({ unsubscribe: undefined }, ({ subscriber }) => subscriber.subscribe("a"));
    await expect(seen).rejects.toMatchObject({
      guarantee: "subscribe returns a subscription directly",
      given: 'subscribe("a")',
    });
  });

  test("is named in the report of an unexpected error, even if it is a call to a subscription", async () => {
    const lost = new Error("the connection was lost");
    const members = { unsubscribe: () => Promise.reject(lost) };
    await expect(calling(members, ({ subscriber }) => subscriber.subscribe("a").unsubscribe())).rejects.toMatchObject({
      given: 'subscribe("a"), unsubscribe()',
      actual: lost,
    });
    const failing = calling({}, ({ subscriber }) => subscriber.subscribe("a..b"));
    await expect(failing).rejects.toMatchObject({ given: 'subscribe("a..b")', guarantee: "the guarantee of the case" });
  });

  test("reaches the bus unchanged", async () => {
    const received: Event[] = [];
    await calling({}, async ({ publisher, subscriber, waitFor }) => {
      const subscription = subscriber.subscribe("a", (delivered) => void received.push(delivered));
      expect([subscription.pattern, subscription.dropped]).toEqual(["a", 0]);
      await subscription.ready;
      await publisher.publish("a", event("a", 1));
      await waitFor("the event", () => received.length > 0);
    });
    expect(received).toEqual([event("a", 1)]);
  });
});

describe("testEventBus registers", () => {
  const registered = (shared: boolean): readonly string[] => {
    const [path, tests]: [string[], string[]] = [[], []];
    testEventBus({
      ...busUnderTest(ReferenceBus),
      shared,
      name: "Bus",
      describe: (name, body) => {
        path.push(name);
        body();
        path.pop();
      },
      test: (name) => void tests.push([...path, name].join(" / ")),
    });
    return tests;
  };
  const titles = (setup: BusCase["setups"][number]): readonly string[] =>
    busCases
      .filter(({ setups }) => setups.includes(setup))
      .map(({ group, name }) => `Bus fulfills the contract of event buses / ${setup} / ${group} / ${name}`);

  test("every case in each of its setups, if buses are shared", () => {
    expect(registered(true)).toEqual([...titles("one bus"), ...titles("two buses")]);
  });

  test("only the cases for one bus, if buses are not shared", () => {
    expect(registered(false)).toEqual(titles("one bus"));
    expect(registered(false).length).toBeGreaterThan(80);
  });
});
