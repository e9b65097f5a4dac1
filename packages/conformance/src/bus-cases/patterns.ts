import { check, checkThrows } from "../checks/check.ts";
import { event, range } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { matches } from "./matching.ts";
import { malformed } from "./namespaces.ts";
import { publishAndSettle } from "./publishing.ts";
import { remainingVersions } from "./receiving.ts";

/** Returns all texts of `count` tokens. */
function textsOf(tokens: readonly string[], count: number): readonly string[] {
  if (count === 1) return tokens;
  return tokens.flatMap((token) => textsOf(tokens, count - 1).map((rest) => `${token}.${rest}`));
}

const smallNamespaces = [1, 2, 3, 4].flatMap((count) => textsOf(["a", "b"], count));
const withoutTail = [1, 2, 3].flatMap((count) => textsOf(["a", "b", "*"], count));
const smallPatterns = [...withoutTail, ">", ...withoutTail.map((each) => `${each}.>`)];

const misplaced: readonly string[] = [">.a", "a.>.b", ">.>", "a.>.*", ">.*"];

export const patterns: readonly BusCase[] = busCaseGroup("patterns", [
  {
    name: "* matches one token, and > at the end matches one or more",
    async run(context) {
      const subscriptions = smallPatterns.map((pattern) => context.subscriber.subscribe(pattern));
      await Promise.all(subscriptions.map(({ ready }) => ready));
      for (const [at, namespace] of smallNamespaces.entries()) {
        await context.publisher.publish(namespace, event("a", at + 1));
      }
      await context.settle();
      await context.subscriber.close();
      for (const subscription of subscriptions) {
        const { pattern } = subscription;
        const expected = smallNamespaces.filter((namespace) => matches(pattern, namespace)).sort();
        const actual = (await remainingVersions(subscription)).map((version) => smallNamespaces[version - 1]).sort();
        check("a pattern matches by the rules of NATS, and delivers each event once", {
          given: { pattern, publishedTo: smallNamespaces },
          expected,
          actual,
        });
      }
    },
  },
  {
    name: "every token of a long pattern is compared",
    async run(context) {
      const tokens = Array.from({ length: 16 }, (_, at) => `t${at}`);
      const namespaces = [tokens, ...tokens.map((_, at) => tokens.with(at, "x")), tokens.slice(0, -1)];
      const patterns = [
        tokens,
        ...tokens.map((_, at) => tokens.with(at, "*")),
        ...range(1, 15).map((count) => [...tokens.slice(0, count), ">"]),
      ].map((each) => each.join("."));
      const subscriptions = patterns.map((pattern) => context.subscriber.subscribe(pattern));
      await Promise.all(subscriptions.map(({ ready }) => ready));
      for (const [at, namespace] of namespaces.entries()) {
        await context.publisher.publish(namespace.join("."), event("a", at + 1));
      }
      await context.settle();
      await context.subscriber.close();
      for (const subscription of subscriptions) {
        const isMatching = (namespace: readonly string[]): boolean =>
          matches(subscription.pattern, namespace.join("."));
        const expected = namespaces.flatMap((namespace, at) => (isMatching(namespace) ? [at + 1] : []));
        const given = { pattern: subscription.pattern, publishedTo: namespaces.map((each) => each.join(".")) };
        const actual = [...(await remainingVersions(subscription))].sort((left, right) => left - right);
        check("a pattern of up to 16 tokens matches by the rules of NATS", { given, expected, actual });
      }
    },
  },
  {
    name: "patterns are case-sensitive, and compare whole tokens by code point",
    async run(context) {
      const found = { "Ü.*": [1], "*.注文": [1, 2], "ü.>": [2], "U\u0308.>": [], "*.注": [], "*.*": [1, 2] };
      const subscriptions = Object.entries(found).map(([pattern, expected]) => {
        return { expected, subscription: context.subscriber.subscribe(pattern) };
      });
      for (const { subscription } of subscriptions) await subscription.ready;
      await publishAndSettle(context, "Ü.注文", [event("a", 1)]);
      await publishAndSettle(context, "ü.注文", [event("a", 2)]);
      await context.subscriber.close();
      for (const { expected, subscription } of subscriptions) {
        const given = { pattern: subscription.pattern, publishedTo: ["Ü.注文", "ü.注文"] };
        check("a token matches only exactly the same text", {
          given,
          expected,
          actual: await remainingVersions(subscription),
        });
      }
    },
  },
  {
    name: "an invalid pattern is rejected synchronously, with or without a handler",
    setups: ["one bus"],
    async run({ subscriber }) {
      const invalidNamespace = { code: "AETHER_INVALID_NAMESPACE" } as const;
      const guarantee = "subscribe throws InvalidNamespaceError for an invalid pattern";
      for (const pattern of [...malformed, ...misplaced] as readonly string[]) {
        checkThrows(guarantee, { pattern }, () => subscriber.subscribe(pattern), invalidNamespace);
        const withHandler = (): unknown => subscriber.subscribe(pattern, () => {});
        checkThrows(guarantee, { pattern, handler: true }, withHandler, invalidNamespace);
      }
      const given = "invalid patterns only";
      check("a subscribe that throws adds no subscription", {
        given,
        expected: 0,
        actual: subscriber.subscriberCount(),
      });
    },
  },
  {
    name: "a pattern can have several subscriptions, and ending one does not affect the others",
    async run(context) {
      const { subscriber } = context;
      const leaving = subscriber.subscribe("a.*");
      const staying = [subscriber.subscribe("a.*"), subscriber.subscribe("a.*")];
      for (const { ready } of [leaving, ...staying]) await ready;
      await publishAndSettle(context, "a.b", [event("a", 1)]);
      await leaving.unsubscribe();
      await publishAndSettle(context, "a.c", [event("a", 2)]);
      await subscriber.close();
      const given = "three subscriptions to a.*, one of which ends between two events";
      check("the subscription that ended has no more events", {
        given,
        expected: [],
        actual: await remainingVersions(leaving),
      });
      for (const each of staying)
        check("the other subscriptions get both events", {
          given,
          expected: [1, 2],
          actual: await remainingVersions(each),
        });
    },
  },
  {
    name: "a pattern can be subscribed to again after its last subscription has ended",
    async run(context) {
      const { subscriber } = context;
      const before = subscriber.subscribe("a.>");
      await before.ready;
      await before.unsubscribe();
      const again = subscriber.subscribe("a.>");
      await again.ready;
      await publishAndSettle(context, "a.b", [event("a", 1)]);
      await subscriber.close();
      const given = "a subscription that ended, then another one with the same pattern";
      check("the new subscription gets the event", { given, expected: [1], actual: await remainingVersions(again) });
    },
  },
]);
