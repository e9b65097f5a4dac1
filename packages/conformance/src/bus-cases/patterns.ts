import { check, checkThrows } from "../checks/check.ts";
import { event } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { malformed } from "./namespaces.ts";
import { rest, send } from "./receiving.ts";

/** All texts of this many tokens. */
function textsOf(tokens: readonly string[], count: number): readonly string[] {
  if (count === 1) return tokens;
  return tokens.flatMap((token) => textsOf(tokens, count - 1).map((rest) => `${token}.${rest}`));
}

const smallNamespaces = [1, 2, 3, 4].flatMap((count) => textsOf(["a", "b"], count));
const withoutTail = [1, 2, 3].flatMap((count) => textsOf(["a", "b", "*"], count));
const smallPatterns = [...withoutTail, ">", ...withoutTail.map((each) => `${each}.>`)];

/** NATS's rules, to the letter. */
function matches(pattern: string, namespace: string): boolean {
  const [wanted, tokens] = [pattern.split("."), namespace.split(".")];
  if (wanted.at(-1) === ">") {
    const head = wanted.slice(0, -1);
    return tokens.length > head.length && head.every((token, at) => token === "*" || token === tokens[at]);
  }
  return wanted.length === tokens.length && wanted.every((token, at) => token === "*" || token === tokens[at]);
}

const misplaced: readonly string[] = [">.a", "a.>.b", ">.>", "a.>.*", ">.*"];

export const patterns: readonly BusCase[] = busCaseGroup("patterns", [
  {
    name: "* is one token, > at the end is one or more",
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
        const actual = (await rest(subscription)).map((version) => smallNamespaces[version - 1]).sort();
        check("a pattern matches what NATS says, and each event once", {
          given: { pattern, publishedTo: smallNamespaces },
          expected,
          actual,
        });
      }
    },
  },
  {
    name: "patterns match by case, by code point and by whole tokens",
    async run(context) {
      const found = { "Ü.*": [1], "*.注文": [1, 2], "ü.>": [2], "U\u0308.>": [], "*.注": [], "*.*": [1, 2] };
      const subscriptions = Object.entries(found).map(([pattern, expected]) => {
        return { expected, subscription: context.subscriber.subscribe(pattern) };
      });
      for (const { subscription } of subscriptions) await subscription.ready;
      await send(context, "Ü.注文", [event("a", 1)]);
      await send(context, "ü.注文", [event("a", 2)]);
      await context.subscriber.close();
      for (const { expected, subscription } of subscriptions) {
        const given = { pattern: subscription.pattern, publishedTo: ["Ü.注文", "ü.注文"] };
        check("a token is matched to the letter", { given, expected, actual: await rest(subscription) });
      }
    },
  },
  {
    name: "what is no pattern is refused at once, with a handler or without",
    setups: ["one bus"],
    async run({ subscriber }) {
      const refused = { code: "AETHER_INVALID_NAMESPACE" } as const;
      const promise = "subscribing to what is no pattern is an InvalidNamespaceError";
      for (const pattern of [...malformed, ...misplaced] as readonly string[]) {
        checkThrows(promise, { pattern }, () => subscriber.subscribe(pattern), refused);
        checkThrows(promise, { pattern, handler: true }, () => subscriber.subscribe(pattern, () => {}), refused);
      }
      const given = "bad patterns alone";
      check("what is refused is not subscribed", { given, expected: 0, actual: subscriber.subscriberCount() });
    },
  },
  {
    name: "one pattern can be subscribed to as often as wanted; who leaves leaves the others alone",
    async run(context) {
      const { subscriber } = context;
      const leaving = subscriber.subscribe("a.*");
      const staying = [subscriber.subscribe("a.*"), subscriber.subscribe("a.*")];
      for (const { ready } of [leaving, ...staying]) await ready;
      await send(context, "a.b", [event("a", 1)]);
      await leaving.unsubscribe();
      await send(context, "a.c", [event("a", 2)]);
      await subscriber.close();
      const given = "three subscriptions to a.*, one of which leaves between two events";
      check("who left has nothing", { given, expected: [], actual: await rest(leaving) });
      for (const one of staying) check("who stayed has both", { given, expected: [1, 2], actual: await rest(one) });
    },
  },
  {
    name: "a pattern whose last subscriber left can be subscribed to again",
    async run(context) {
      const { subscriber } = context;
      const before = subscriber.subscribe("a.>");
      await before.ready;
      await before.unsubscribe();
      const again = subscriber.subscribe("a.>");
      await again.ready;
      await send(context, "a.b", [event("a", 1)]);
      await subscriber.close();
      const given = "a subscription that left, and another one of its pattern";
      check("the new one gets the event", { given, expected: [1], actual: await rest(again) });
    },
  },
]);
