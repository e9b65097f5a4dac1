import { theme } from "./bus-case.ts";
import { same, throws } from "./checks.ts";
import { eventOf, takeAll } from "./samples.ts";

const namespaces = [
  "orders",
  "orders.eu",
  "orders.eu.berlin",
  "orders.us",
  "tenant-a.orders",
  "ORDERS",
  "__proto__",
  "Ünïcode.注文.💥",
  "a=2Eb.c%d",
] as const;

const expected: readonly (readonly [string, readonly string[]])[] = [
  ["orders", ["orders"]],
  ["orders.eu", ["orders.eu"]],
  ["*", ["orders", "ORDERS", "__proto__"]],
  ["orders.*", ["orders.eu", "orders.us"]],
  ["orders.>", ["orders.eu", "orders.eu.berlin", "orders.us"]],
  ["*.eu.*", ["orders.eu.berlin"]],
  ["*.*", ["orders.eu", "orders.us", "tenant-a.orders", "a=2Eb.c%d"]],
  ["*.注文.>", ["Ünïcode.注文.💥"]],
  [">", namespaces],
  ["order", []],
  ["orders.eu.berlin.mitte", []],
];

const invalid = ["", "a..b", ">.a", "a.>.b", "a*", "a.b>", "a b", "a\t", "\udc00", "x".repeat(256)];

export const patterns = theme("patterns", {
  "match by NATS's rules; nobody sees another's events": async ({ publisher, subscriber, settle }) => {
    const subscriptions = expected.map(([pattern, wanted]) => ({ wanted, one: subscriber.subscribe(pattern) }));
    for (const { one } of subscriptions) await one.ready;
    for (const [index, namespace] of namespaces.entries()) await publisher.publish(namespace, eventOf(index + 1));
    await settle();
    await subscriber.close();
    for (const { one, wanted } of subscriptions) {
      const versions = await takeAll(one);
      same(versions.map((version) => namespaces[version - 1]).sort(), [...wanted].sort(), one.pattern);
    }
  },

  "that are none are refused, at once": async ({ subscriber }) => {
    for (const pattern of invalid) {
      throws(() => subscriber.subscribe(pattern), "AETHER_INVALID_NAMESPACE", JSON.stringify(pattern));
      throws(() => subscriber.subscribe(pattern, () => {}), "AETHER_INVALID_NAMESPACE", JSON.stringify(pattern));
    }
    same(subscriber.subscriberCount(), 0, "subscriptions");
  },

  "that are the same are subscribed to as often as wanted": async ({ publisher, subscriber, settle }) => {
    const leaving = subscriber.subscribe("a.*");
    const staying = [subscriber.subscribe("a.*"), subscriber.subscribe("a.*")];
    for (const { ready } of [leaving, ...staying]) await ready;
    await publisher.publish("a.b", eventOf(1));
    await settle();
    await leaving.unsubscribe();
    await publisher.publish("a.c", eventOf(2));
    await settle();
    await subscriber.close();
    same(await takeAll(leaving), [], "the one that left");
    for (const subscription of staying) same(await takeAll(subscription), [1, 2], "those that stayed");
  },
});
