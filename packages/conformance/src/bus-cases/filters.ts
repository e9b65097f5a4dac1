import type { Event, HandlerOptions, SubscribeOptions } from "@aether/core";
import { check, checkThrows } from "../checks/check.ts";
import { event } from "../samples/events.ts";
import { type BusCase, type BusCaseContext, busCaseGroup } from "../suite/bus-case.ts";
import { publishAndSettle } from "./publishing.ts";
import { recordVersions, remainingVersions } from "./receiving.ts";

const published: readonly Event[] = [
  event("order-1", 1, { eventType: "OrderPlaced" }),
  event("order-12", 2, { eventType: "OrderPlaced" }),
  event("order-1", 3, { eventType: "OrderShipped" }),
  event("invoice-order-1", 4, { eventType: "InvoiceSent" }),
  event("ORDER-1", 5, { eventType: "orderplaced" }),
];

/** Checks that a loop and a handler with these options get exactly the expected events. */
async function checkPassing(
  context: BusCaseContext,
  options: SubscribeOptions,
  expected: readonly number[],
): Promise<void> {
  const subscription = context.subscriber.subscribe("a", options);
  const received = await recordVersions(context.subscriber, "a", options);
  await subscription.ready;
  await publishAndSettle(context, "a", published);
  await context.waitFor("the events that pass", () => received.length >= expected.length);
  await context.subscriber.close();
  const guarantee = "a subscription gets the events that pass its filters, and no others";
  check(guarantee, { given: { options, published }, expected, actual: await remainingVersions(subscription) });
  check(guarantee, { given: { options, published, handler: true }, expected, actual: received });
}

const nonsense: Readonly<Record<string, readonly unknown[]>> = {
  eventTypes: ["OrderPlaced", 7, [7], [], {}, null],
  actorId: [7, {}, null],
  actorIdPrefix: [7, {}, null],
  filter: ["version > 1", {}, null],
  bufferSize: [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "8", null],
  overflow: ["block", "", 1, null],
  signal: ["now", {}, 7],
};

export const filters: readonly BusCase[] = busCaseGroup("filters", [
  {
    name: "eventTypes selects events by type",
    run: (context) => checkPassing(context, { eventTypes: ["OrderShipped", "InvoiceSent"] }, [3, 4]),
  },
  {
    name: "actorId selects events by actor",
    run: (context) => checkPassing(context, { actorId: "order-1" }, [1, 3]),
  },
  {
    name: "actorIdPrefix selects events by the beginning of the actor id",
    run: (context) => checkPassing(context, { actorIdPrefix: "order-1" }, [1, 2, 3]),
  },
  {
    name: "filter selects events by a predicate",
    run: (context) => checkPassing(context, { filter: ({ version }) => version % 2 === 0 }, [2, 4]),
  },
  {
    name: "an event must pass all filters",
    run: (context) =>
      checkPassing(
        context,
        { eventTypes: ["OrderPlaced", "OrderShipped"], actorIdPrefix: "order-", filter: ({ version }) => version > 1 },
        [2, 3],
      ),
  },
  {
    name: "filters apply before the buffer: other events take no space in the buffer and do not count as dropped",
    async run(context) {
      const options: SubscribeOptions = { bufferSize: 1, overflow: "error", eventTypes: ["InvoiceSent"] };
      const subscription = context.subscriber.subscribe("a", options);
      await subscription.ready;
      await publishAndSettle(context, "a", published);
      await context.subscriber.close();
      const given = { options, published };
      check("an event that passes fits into the buffer", {
        given,
        expected: [4],
        actual: await remainingVersions(subscription),
      });
      check("events that do not pass are not counted as dropped", { given, expected: 0, actual: subscription.dropped });
    },
  },
  {
    name: "filter is called once for each event that passes the other filters, and for no other event",
    async run(context) {
      const others: readonly SubscribeOptions[] = [
        {},
        { eventTypes: ["OrderPlaced"] },
        { actorId: "order-1" },
        { actorIdPrefix: "order-" },
        { eventTypes: ["OrderPlaced"], actorIdPrefix: "order-12" },
      ];
      const expected = [[1, 2, 3, 4, 5], [1, 2], [1, 3], [1, 2, 3], [2]];
      const asked = await Promise.all(
        others.map(async (options) => {
          const [byLoop, byHandler]: [number[], number[]] = [[], []];
          const filter = ({ version }: Event): boolean => byLoop.push(version) % 2 === 0;
          const handlerFilter = ({ version }: Event): boolean => byHandler.push(version) % 2 === 0;
          await context.subscriber.subscribe("a", { ...options, filter }).ready;
          await context.subscriber.subscribe("a", () => {}, { ...options, filter: handlerFilter }).ready;
          return { options, byLoop, byHandler };
        }),
      );
      await publishAndSettle(context, "a", published);
      await context.waitFor("the events that pass", () =>
        asked.every(({ byHandler }, at) => byHandler.length >= (expected[at]?.length ?? 0)),
      );
      for (const [at, { options, byLoop, byHandler }] of asked.entries()) {
        const given = { options: { ...options, filter: "a function" }, published };
        const guarantee = "filter is called once for each event that passes the other filters";
        check(guarantee, { given, expected: expected[at], actual: byLoop });
        check(guarantee, { given: { ...given, handler: true }, expected: expected[at], actual: byHandler });
      }
    },
  },
  {
    name: "filters are copied when subscribe is called",
    async run(context) {
      const eventTypes = ["OrderPlaced"];
      const subscription = context.subscriber.subscribe("a", { eventTypes });
      eventTypes.splice(0, 1, "InvoiceSent");
      await subscription.ready;
      await publishAndSettle(context, "a", published);
      await context.subscriber.close();
      const given = { eventTypes: ["OrderPlaced"], changedAfterTheCallTo: eventTypes };
      check("changing eventTypes after the call changes nothing", {
        given,
        expected: [1, 2],
        actual: await remainingVersions(subscription),
      });
    },
  },
  {
    name: "options are copied when subscribe is called, and can be reused",
    async run(context) {
      const { subscriber } = context;
      const failures: string[] = [];
      const controllers = [new AbortController(), new AbortController()];
      const first = {
        eventTypes: ["OrderPlaced", "OrderShipped"],
        actorIdPrefix: "order-",
        filter: ({ version }: Event): boolean => version > 1,
        bufferSize: 1,
        overflow: "drop-oldest",
        signal: controllers[0]?.signal,
        onError: () => failures.push("first"),
      } as const;
      const second = {
        eventTypes: ["InvoiceSent"],
        actorId: "invoice-order-1",
        actorIdPrefix: "invoice-",
        filter: () => true,
        bufferSize: 2,
        overflow: "drop-newest",
        signal: controllers[1]?.signal,
        onError: () => failures.push("second"),
      } as const;
      const failing = (): never => {
        throw new Error("from the handler");
      };
      const options: HandlerOptions = { ...first, bufferSize: 100 };
      const { onError: _, ...loopOptions } = first;
      const subscribeTwice = (signal: AbortSignal | undefined) => [
        subscriber.subscribe("a", Object.freeze({ ...loopOptions, signal })),
        subscriber.subscribe("a", failing, options),
      ];
      const made = subscribeTwice(first.signal);
      check("subscribe does not change the options", {
        given: first,
        expected: { ...first, bufferSize: 100 },
        actual: { ...options },
      });
      const loopInput: SubscribeOptions = { ...loopOptions };
      const loops = [subscriber.subscribe("a", loopInput), subscriber.subscribe("a", loopInput)];
      Object.assign(options, second);
      Object.assign(loopInput, second);
      await Promise.all([...loops, ...made].map(({ ready }) => ready));
      controllers[1]?.abort();
      const given = { options: "all options", changedAfterSubscribeTo: second, published };
      await publishAndSettle(context, "a", published);
      await context.waitFor("the errors of the handler", () => failures.length >= 2);
      check("the handler has the options of the call", { given, expected: ["first", "first"], actual: failures });
      const total = { given, expected: 4, actual: subscriber.subscriberCount() };
      check("the subscriptions have the signal of the call", total);
      await subscriber.close();
      for (const loop of loops) {
        const actual = await remainingVersions(loop);
        check("a loop has the options of the call", { given, expected: [3], actual });
      }
    },
  },
  {
    name: "if a filter throws, only its own subscription skips the event, and that subscription continues",
    async run(context) {
      const filter = ({ version }: Event): boolean => {
        if (version < 3) throw new Error("from the filter");
        return true;
      };
      const earlier = context.subscriber.subscribe("a");
      const throwing = context.subscriber.subscribe("a", { filter });
      const later = context.subscriber.subscribe("a");
      await Promise.all([earlier.ready, throwing.ready, later.ready]);
      await publishAndSettle(context, "a", published);
      await context.subscriber.close();
      const given = "a filter that throws at versions 1 and 2, between two other subscriptions";
      check("the subscription continues after its filter has thrown", {
        given,
        expected: [3, 4, 5],
        actual: await remainingVersions(throwing),
      });
      for (const each of [earlier, later]) {
        check("other subscriptions get every event", {
          given,
          expected: [1, 2, 3, 4, 5],
          actual: await remainingVersions(each),
        });
      }
    },
  },
  {
    name: "invalid options are rejected synchronously",
    setups: ["one bus"],
    async run({ subscriber }) {
      const rejected = { code: "AETHER_INVALID_ARGUMENT" } as const;
      const guarantee = "subscribe throws InvalidArgumentError for invalid options";
      for (const [option, values] of Object.entries(nonsense)) {
        for (const value of values) {
          const given = { [option]: value };
          checkThrows(guarantee, given, () => subscriber.subscribe("a", given as SubscribeOptions), rejected);
          checkThrows(guarantee, given, () => subscriber.subscribe("a", () => {}, given as SubscribeOptions), rejected);
        }
      }
      for (const given of [7, "text", null, true] as unknown as readonly SubscribeOptions[]) {
        checkThrows(guarantee, given, () => subscriber.subscribe("a", given), rejected);
      }
      const given = nonsense;
      check("a subscribe that throws adds no subscription", {
        given,
        expected: 0,
        actual: subscriber.subscriberCount(),
      });
    },
  },
]);
