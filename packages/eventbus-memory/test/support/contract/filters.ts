import type { Event, SubscribeOptions } from "@aether/core";
import { type BusStage, theme } from "./bus-case.ts";
import { same, throws } from "./checks.ts";
import { eventOf, publishAll, takeAll } from "./samples.ts";

const events: readonly Event[] = [
  eventOf(1, { eventType: "OrderPlaced", actorId: "order-1" }),
  eventOf(2, { eventType: "OrderPlaced", actorId: "order-12" }),
  eventOf(3, { eventType: "OrderShipped", actorId: "order-1" }),
  eventOf(4, { eventType: "InvoiceSent", actorId: "invoice-1" }),
];

async function passing(stage: BusStage, options: SubscribeOptions): Promise<readonly number[]> {
  const subscription = stage.subscriber.subscribe("a", options);
  await subscription.ready;
  await publishAll(stage, "a", events);
  await stage.settle();
  await stage.subscriber.close();
  return takeAll(subscription);
}

export const filters = theme("filters", {
  "take events of the types that are named": async (stage) => {
    same(await passing(stage, { eventTypes: ["OrderShipped", "InvoiceSent"] }), [3, 4], "what passed");
  },

  "take events of one actor": async (stage) => {
    same(await passing(stage, { actorId: "order-1" }), [1, 3], "what passed");
  },

  "take events of actors whose ids begin alike": async (stage) => {
    same(await passing(stage, { actorIdPrefix: "order-1" }), [1, 2, 3], "what passed");
  },

  "take what a predicate takes": async (stage) => {
    same(await passing(stage, { filter: ({ version }) => version % 2 === 0 }), [2, 4], "what passed");
  },

  "take what all of them take": async (stage) => {
    const options: SubscribeOptions = {
      eventTypes: ["OrderPlaced"],
      actorIdPrefix: "order-",
      filter: (e) => e.version > 1,
    };
    same(await passing(stage, options), [2], "what passed");
  },

  "come before the buffer: what is refused takes no room": async (stage) => {
    const options: SubscribeOptions = { bufferSize: 1, overflow: "error", eventTypes: ["InvoiceSent"] };
    same(await passing(stage, options), [4], "what passed");
  },

  "that throw keep the event from their own subscription alone, which goes on": async (stage) => {
    const others = stage.subscriber.subscribe("a");
    const filter = ({ version }: Event): boolean => {
      if (version < 3) throw new Error("of the filter");
      return true;
    };
    same(await passing(stage, { filter }), [3, 4], "what passed");
    same(await takeAll(others), [1, 2, 3, 4], "what others got");
  },

  "that make no sense are refused, at once": async ({ subscriber }) => {
    const nonsense: readonly object[] = [
      { eventTypes: "OrderPlaced" },
      { actorId: 7 },
      { actorIdPrefix: {} },
      { filter: "version > 1" },
      { bufferSize: 0 },
      { bufferSize: Number.NaN },
      { overflow: "block" },
      { signal: "now" },
    ];
    for (const options of nonsense) {
      throws(() => subscriber.subscribe("a", options), "AETHER_INVALID_ARGUMENT", JSON.stringify(options));
    }
    same(subscriber.subscriberCount(), 0, "subscriptions");
  },
});
