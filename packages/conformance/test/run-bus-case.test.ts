import type { Event } from "@aether/core";
import { describe, expect, test } from "vitest";
import {
  type BusCase,
  type BusPlaces,
  type BusStage,
  busCases,
  ConformanceError,
  runBusCase,
  testEventBus,
} from "../src/index.ts";
import { event } from "../src/samples/events.ts";
import { wirePlaces } from "./bus-mutants/mutant.ts";
import { ReferenceBus } from "./reference-bus/reference-bus.ts";
import { ReferenceSubscription } from "./reference-bus/reference-subscription.ts";
import type { Request } from "./reference-bus/requests.ts";
import type { Wire } from "./reference-bus/wire.ts";

function caseThat(run: BusCase["run"]): BusCase {
  return { theme: "theme", name: "the promise of the case", settings: ["one bus", "two buses"], run };
}

/** Places that write down what is done with them. */
function recorded(log: string[]): BusPlaces<Wire> {
  const correct = wirePlaces(ReferenceBus);
  let opened = 0;
  return {
    ...correct,
    createPlace: () => {
      log.push("create");
      return correct.createPlace();
    },
    open: async (wire) => {
      const bus = await correct.open(wire);
      const [name, close] = [`bus ${++opened}`, bus.close.bind(bus)];
      log.push(`open ${name}`);
      bus.close = () => {
        log.push(`close ${name}`);
        return close();
      };
      return bus;
    },
    destroyPlace: () => void log.push("destroy"),
  };
}

describe("a case", () => {
  test("with one bus publishes and subscribes on the same; with two it does not", async () => {
    const same = async (stage: BusStage): Promise<void> => expect(stage.publisher).toBe(stage.subscriber);
    const different = async (stage: BusStage): Promise<void> => expect(stage.publisher).not.toBe(stage.subscriber);
    await runBusCase(wirePlaces(ReferenceBus), caseThat(same), "one bus");
    await runBusCase(wirePlaces(ReferenceBus), caseThat(different), "two buses");
  });

  test("closes what it opened and destroys its places, also elsewhere, and when it fails", async () => {
    const log: string[] = [];
    const failure = new ConformanceError({ promise: "p", given: 1, expected: 1, actual: 2 });
    const one = caseThat(async (stage) => {
      await stage.open();
      await stage.openElsewhere();
      throw failure;
    });
    await expect(runBusCase(recorded(log), one, "two buses")).rejects.toBe(failure);
    const closed = [1, 2, 3, 4].map((bus) => `close bus ${bus}`);
    const begun = ["create", "open bus 1", "open bus 2", "open bus 3", "create", "open bus 4"];
    expect(log).toEqual([...begun, ...closed, "destroy", "destroy"]);
  });

  test("that never ends fails when the patience is over, and says what it waits for", async () => {
    const places = wirePlaces(ReferenceBus, 50);
    const stuck = runBusCase(
      places,
      caseThat((stage) => stage.until("an event", () => false)),
      "one bus",
    );
    await expect(stuck).rejects.toMatchObject({
      name: "ConformanceError",
      promise: "the promise of the case",
      expected: "it is over within 50 ms (patienceMs)",
      actual: "it waits still for an event",
    });
    const silent = runBusCase(
      places,
      caseThat(() => new Promise(() => {})),
      "one bus",
    );
    await expect(silent).rejects.toMatchObject({
      given: 'the case "the promise of the case"',
      actual: "it waits still",
    });
  });

  test("that passes fails when a bus cannot be closed, or never is", async () => {
    const closing = (close: () => Promise<void>): Promise<void> =>
      runBusCase(
        {
          ...wirePlaces(ReferenceBus, 50),
          open: (wire) => Object.assign(new ReferenceBus(wire), { close }),
        },
        caseThat(async () => {}),
        "one bus",
      );
    const locked = new Error("locked");
    await expect(closing(() => Promise.reject(locked))).rejects.toMatchObject({ given: "close()", actual: locked });
    await expect(closing(() => new Promise(() => {}))).rejects.toMatchObject({ promise: "a bus can be closed" });
  });

  test("settles at once where places say nothing else", async () => {
    const { settle: _, ...places } = wirePlaces(ReferenceBus);
    await runBusCase(
      places,
      caseThat((stage) => stage.settle()),
      "one bus",
    );
  });
});

describe("every call that a case makes", () => {
  /** Makes a call of a bus, some of whose subscriptions' members are others. */
  const calling = (members: object, call: (stage: BusStage) => unknown): Promise<void> => {
    class Odd extends ReferenceBus {
      protected override newSubscription(request: Request): ReferenceSubscription {
        return Object.assign(new ReferenceSubscription(request, () => {}), members);
      }
    }
    const one = caseThat(async (stage) => {
      await call(stage);
    });
    return runBusCase(wirePlaces(Odd), one, "one bus");
  };
  const throwing = (): never => {
    throw new Error("at once");
  };

  test.each<[string, object, (stage: BusStage) => unknown]>([
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
    await expect(calling(members, call)).rejects.toMatchObject({ promise: "no method throws synchronously" });
  });

  test.each<[string, object, (stage: BusStage) => unknown]>([
    ["unsubscribe", { unsubscribe: () => undefined }, ({ subscriber }) => subscriber.subscribe("a").unsubscribe()],
    [
      "next",
      { [Symbol.asyncIterator]: () => ({ next: () => ({ done: true }) }) },
      ({ subscriber }) => subscriber.subscribe("a")[Symbol.asyncIterator]().next(),
    ],
  ])("must return a promise: %s", async (_, members, call) => {
    const promise = "every method that waits returns a promise";
    await expect(calling(members, call)).rejects.toMatchObject({ promise });
  });

  test("of subscribe must give a subscription at once", async () => {
    const seen = calling({ unsubscribe: undefined }, ({ subscriber }) => subscriber.subscribe("a"));
    await expect(seen).rejects.toMatchObject({
      promise: "subscribe returns a subscription at once",
      given: 'subscribe("a")',
    });
  });

  test("is told where its error was not expected, also if it is one of a subscription", async () => {
    const lost = new Error("the line was cut");
    const failing = { unsubscribe: () => Promise.reject(lost) };
    await expect(calling(failing, ({ subscriber }) => subscriber.subscribe("a").unsubscribe())).rejects.toMatchObject({
      given: 'subscribe("a"), unsubscribe()',
      actual: lost,
    });
    const refused = calling({}, ({ subscriber }) => subscriber.subscribe("a..b"));
    await expect(refused).rejects.toMatchObject({ given: 'subscribe("a..b")', promise: "the promise of the case" });
  });

  test("reaches the bus as it is", async () => {
    const heard: Event[] = [];
    await calling({}, async ({ publisher, subscriber, until }) => {
      const subscription = subscriber.subscribe("a", (one) => void heard.push(one));
      expect([subscription.pattern, subscription.dropped]).toEqual(["a", 0]);
      await subscription.ready;
      await publisher.publish("a", event("a", 1));
      await until("the event", () => heard.length > 0);
    });
    expect(heard).toEqual([event("a", 1)]);
  });
});

describe("testEventBus registers", () => {
  const registered = (shared: boolean): readonly string[] => {
    const [path, tests]: [string[], string[]] = [[], []];
    testEventBus({
      ...wirePlaces(ReferenceBus),
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
  const titles = (setting: BusCase["settings"][number]): readonly string[] =>
    busCases
      .filter(({ settings }) => settings.includes(setting))
      .map(({ theme, name }) => `Bus keeps the contract of event buses / ${setting} / ${theme} / ${name}`);

  test("every case in each of its settings for a bus that is shared", () => {
    expect(registered(true)).toEqual([...titles("one bus"), ...titles("two buses")]);
  });

  test("what one bus can show for a bus that is not", () => {
    expect(registered(false)).toEqual(titles("one bus"));
    expect(registered(false).length).toBeGreaterThan(80);
  });
});
