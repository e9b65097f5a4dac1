import { check, checkRejects } from "../checks/check.ts";
import { event, range } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { recordVersions, remainingVersions } from "./receiving.ts";

const tokens = (count: number): string => Array.from({ length: count }, () => "t").join(".");

/** Texts that are neither namespaces nor patterns. */
export const malformed: readonly unknown[] = [
  ...["", ".", "a.", ".a", "a..b", " ", "a b", "a\tb", "a\nb", "a\r\nb", "a\u0000", "a\u007f", "a\u0085", "a\u00a0b"],
  ...["a\u2028b", "\ufeffa", "\ud800", "a.\udc00b", "x".repeat(256), "é".repeat(128), tokens(17)],
  ...["a*", "*a", "a>", ">>", "**", "a.b*.c", undefined, null, 7, true, {}, [], ["a"], { toString: () => "a" }],
];

/** Valid patterns that are not valid namespaces. */
const wild: readonly string[] = ["*", ">", "a.*", "*.a", "a.>", "a.*.>"];

/** Valid namespaces, some of which look unusual. All are different, and none has a special meaning. */
const good: readonly string[] = [
  ...[
    "orders",
    "ORDERS",
    "orders.eu",
    "orders_eu",
    "orders=2Eeu",
    "orders%2Eeu",
    "orders=eu",
    "eu.orders",
    "order",
    "s",
  ],
  ...[
    "$SYS.REQ.SERVER.PING",
    "$JS.API.STREAM.NAMES",
    "_INBOX.a",
    "#",
    "+",
    "~",
    "a/b",
    "a\\b",
    "a:b",
    "a?b",
    "{a}",
    "[a]",
  ],
  ...[
    "__proto__",
    "constructor",
    "toString",
    "__proto__.__proto__",
    "null",
    "undefined",
    "0",
    "-1",
    "'",
    '"',
    "`",
    "a|b",
  ],
  ...["é", "e\u0301", "E\u0301", "注文.💥", "\u200b", "\u202ea", "ﬁ", "fi", "ß", "ss", "İ", "i"],
  ...["x".repeat(255), "é".repeat(127), tokens(16), tokens(15)],
];

export const namespaces: readonly BusCase[] = busCaseGroup("namespaces", [
  {
    name: "an invalid namespace is rejected, and nothing is published",
    async run(context) {
      const everything = context.subscriber.subscribe(">");
      await everything.ready;
      for (const namespace of [...malformed, ...wild]) {
        const call = context.publisher.publish(namespace as string, event("a", 1));
        const guarantee = "publish rejects an invalid namespace with InvalidNamespaceError";
        await checkRejects(guarantee, { namespace }, call, { code: "AETHER_INVALID_NAMESPACE" });
      }
      await context.publisher.publish("a", event("a", 2));
      await context.settle();
      await context.subscriber.close();
      const given = "invalid namespaces, then a valid one";
      check("an event for an invalid namespace is not delivered", {
        given,
        expected: [2],
        actual: await remainingVersions(everything),
      });
    },
  },
  {
    name: "every other text is a namespace, and different texts are different namespaces",
    async run(context) {
      const subscriptions = good.map((namespace) => ({ namespace, exact: context.subscriber.subscribe(namespace) }));
      const everything = await recordVersions(context.subscriber, ">");
      for (const { exact } of subscriptions) await exact.ready;
      for (const [index, namespace] of good.entries())
        await context.publisher.publish(namespace, event("a", index + 1));
      await context.settle();
      await context.waitFor(`${good.length} events`, () => everything.length >= good.length);
      await context.subscriber.close();
      for (const [index, { namespace, exact }] of subscriptions.entries()) {
        const given = { namespace, among: good.length };
        check("a subscription gets only the events of its own namespace", {
          given,
          expected: [index + 1],
          actual: await remainingVersions(exact),
        });
      }
      const expected = range(1, good.length);
      const actual = [...everything].sort((a, b) => a - b);
      check("the pattern > matches every namespace", { given: good, expected, actual });
    },
  },
]);
