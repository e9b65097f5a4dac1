import type { Event, SubscribeOptions } from "@aether/core";
import { check, checkThrows } from "../checks/check.ts";
import { event } from "../samples/events.ts";
import { type BusCase, type BusCaseContext, busCaseGroup } from "../suite/bus-case.ts";
import { listen, rest, send } from "./receiving.ts";

const published: readonly Event[] = [
  event("order-1", 1, { eventType: "OrderPlaced" }),
  event("order-12", 2, { eventType: "OrderPlaced" }),
  event("order-1", 3, { eventType: "OrderShipped" }),
  event("invoice-order-1", 4, { eventType: "InvoiceSent" }),
  event("ORDER-1", 5, { eventType: "orderplaced" }),
];

/** Checks what a loop and a handler with these filters get of the events. */
async function checkPassing(
  context: BusCaseContext,
  options: SubscribeOptions,
  expected: readonly number[],
): Promise<void> {
  const subscription = context.subscriber.subscribe("a", options);
  const heard = await listen(context.subscriber, "a", options);
  await subscription.ready;
  await send(context, "a", published);
  await context.waitFor("what passes", () => heard.versions.length >= expected.length);
  await context.subscriber.close();
  const promise = "what passes the filters is delivered, and nothing else";
  check(promise, { given: { options, published }, expected, actual: await rest(subscription) });
  check(promise, { given: { options, published, handler: true }, expected, actual: heard.versions });
}

const nonsense: Readonly<Record<string, readonly unknown[]>> = {
  eventTypes: ["OrderPlaced", 7, [7], {}, null],
  actorId: [7, {}, null],
  actorIdPrefix: [7, {}, null],
  filter: ["version > 1", {}, null],
  bufferSize: [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "8", null],
  overflow: ["block", "", 1, null],
  signal: ["now", {}, 7],
};

export const filters: readonly BusCase[] = busCaseGroup("filters", [
  {
    name: "by event types",
    run: (context) => checkPassing(context, { eventTypes: ["OrderShipped", "InvoiceSent"] }, [3, 4]),
  },
  {
    name: "by actor",
    run: (context) => checkPassing(context, { actorId: "order-1" }, [1, 3]),
  },
  {
    name: "by how the actor's id begins",
    run: (context) => checkPassing(context, { actorIdPrefix: "order-1" }, [1, 2, 3]),
  },
  {
    name: "by a predicate",
    run: (context) => checkPassing(context, { filter: ({ version }) => version % 2 === 0 }, [2, 4]),
  },
  {
    name: "by all of them at once",
    run: (context) =>
      checkPassing(
        context,
        { eventTypes: ["OrderPlaced", "OrderShipped"], actorIdPrefix: "order-", filter: ({ version }) => version > 1 },
        [2, 3],
      ),
  },
  {
    name: "come before the buffer: what does not pass takes no room and is not counted",
    async run(context) {
      const options: SubscribeOptions = { bufferSize: 1, overflow: "error", eventTypes: ["InvoiceSent"] };
      const subscription = context.subscriber.subscribe("a", options);
      await subscription.ready;
      await send(context, "a", published);
      await context.subscriber.close();
      const given = { options, published };
      check("what passes fits", { given, expected: [4], actual: await rest(subscription) });
      check("what does not pass is not dropped", { given, expected: 0, actual: subscription.dropped });
    },
  },
  {
    name: "are what they were at the call",
    async run(context) {
      const eventTypes = ["OrderPlaced"];
      const subscription = context.subscriber.subscribe("a", { eventTypes });
      eventTypes.splice(0, 1, "InvoiceSent");
      await subscription.ready;
      await send(context, "a", published);
      await context.subscriber.close();
      const given = { eventTypes: ["OrderPlaced"], changedAfterTheCallTo: eventTypes };
      check("changing the array changes nothing", { given, expected: [1, 2], actual: await rest(subscription) });
    },
  },
  {
    name: "that throw keep an event from their own subscription alone, which goes on",
    async run(context) {
      const filter = ({ version }: Event): boolean => {
        if (version < 3) throw new Error("of the filter");
        return true;
      };
      const before = context.subscriber.subscribe("a");
      const throwing = context.subscriber.subscribe("a", { filter });
      const behind = context.subscriber.subscribe("a");
      await Promise.all([before.ready, throwing.ready, behind.ready]);
      await send(context, "a", published);
      await context.subscriber.close();
      const given = "a filter that throws at versions 1 and 2, between two subscriptions";
      check("the subscription goes on", { given, expected: [3, 4, 5], actual: await rest(throwing) });
      for (const one of [before, behind]) {
        check("others get every event", { given, expected: [1, 2, 3, 4, 5], actual: await rest(one) });
      }
    },
  },
  {
    name: "options that make no sense are refused at once",
    setups: ["one bus"],
    async run({ subscriber }) {
      const refused = { code: "AETHER_INVALID_ARGUMENT" } as const;
      const promise = "options that make no sense are an InvalidArgumentError";
      for (const [option, values] of Object.entries(nonsense)) {
        for (const value of values) {
          const given = { [option]: value };
          checkThrows(promise, given, () => subscriber.subscribe("a", given as SubscribeOptions), refused);
          checkThrows(promise, given, () => subscriber.subscribe("a", () => {}, given as SubscribeOptions), refused);
        }
      }
      for (const given of [7, "text", null, true] as unknown as readonly SubscribeOptions[]) {
        checkThrows(promise, given, () => subscriber.subscribe("a", given), refused);
      }
      const given = nonsense;
      check("what is refused is not subscribed", { given, expected: 0, actual: subscriber.subscriberCount() });
    },
  },
]);
