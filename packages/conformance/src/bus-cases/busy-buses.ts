import type { Event, EventBroadcaster } from "@aether/core";
import { check } from "../checks/check.ts";
import { event, events, range, versionsOf } from "../samples/events.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { comeAndGo } from "./coming-and-going.ts";
import { matches } from "./matching.ts";
import { publishAndSettle } from "./publishing.ts";
import { recordVersions, remainingVersions, takeEvents } from "./receiving.ts";

const spaces = ["orders.eu", "orders.us", "orders"] as const;
const patterns = ["orders.eu", "orders.*", "*.eu", "orders.>", "*.*", ">"] as const;
const newPatterns: readonly ((head: string, tail: string) => string)[] = [
  (head, tail) => `${head}.${tail}`,
  (head) => `${head}.*`,
  (_, tail) => `*.${tail}`,
  (head) => `${head}.>`,
  () => ">",
];
const publishedPerSpace = 60;

/** Subscribes a handler. Returns the events that it gets, as `<namespace> <publisher> <number>`. */
async function recordTexts(bus: EventBroadcaster, pattern: string): Promise<readonly string[]> {
  const texts: string[] = [];
  const record = ({ eventType, metadata, version }: Event): void =>
    void texts.push(`${eventType} ${metadata?.publisher} ${version}`);
  await bus.subscribe(pattern, record).ready;
  return texts;
}

export const busyBuses: readonly BusCase[] = busCaseGroup("busy buses", [
  {
    name: "a new subscription gets the events of namespaces that have already carried events",
    async run(context) {
      const { subscriber } = context;
      const pasts: Readonly<Record<string, (namespace: string) => Promise<unknown>>> = {
        "events without a subscriber": async () => {},
        "events for a subscription that is open": (namespace) => recordVersions(subscriber, namespace),
        "events for a subscription that has ended": async (namespace) => {
          const past = subscriber.subscribe(namespace);
          await past.ready;
          await publishAndSettle(context, namespace, [event("a", 2)]);
          await past.unsubscribe();
        },
      };
      for (const [index, [past, prepare]] of Object.entries(pasts).entries()) {
        for (const [at, newPattern] of newPatterns.entries()) {
          const [head, tail] = [`h${index}${at}`, `t${index}${at}`];
          const namespace = `${head}.${tail}`;
          await publishAndSettle(context, namespace, [event("a", 1)]);
          await prepare(namespace);
          await publishAndSettle(context, namespace, [event("a", 3)]);
          const subscription = subscriber.subscribe(newPattern(head, tail));
          await subscription.ready;
          await publishAndSettle(context, namespace, [event("a", 4)]);
          await subscription.unsubscribe();
          const given = { namespace, carried: past, newSubscriptionTo: subscription.pattern };
          const actual = subscription.dropped;
          check("a new subscription gets the next event, and no earlier one", { given, expected: 1, actual });
        }
      }
    },
  },
  {
    name: "each of several subscriptions to a pattern gets every event once",
    async run(context) {
      for (const [index, pattern] of ["a0", "a1.*", ">"].entries()) {
        const namespace = index === 0 ? "a0" : `a${index}.b`;
        const { subscriber } = context;
        const together = range(1, 70).map(() => subscriber.subscribe(pattern));
        const handled = await recordVersions(subscriber, pattern);
        await Promise.all(together.map(({ ready }) => ready));
        const late = subscriber.subscribe(pattern);
        await late.ready;
        await publishAndSettle(context, namespace, events("a", [1, 2]));
        await context.waitFor("two events", () => handled.length >= 2);
        const given = { pattern, subscriptions: "70 loops, a handler, and another loop when these are ready" };
        check("the handler gets every event once", { given, expected: [1, 2], actual: handled });
        const [taking, ...others] = [...together, late];
        if (taking === undefined) return;
        const actual = versionsOf(await takeEvents(taking, 2));
        check("a loop gets every event once", { given, expected: [1, 2], actual });
        for (const subscription of others) {
          await subscription.unsubscribe();
          check("loops do not take events from each other", { given, expected: 2, actual: subscription.dropped });
        }
        await taking.unsubscribe();
      }
    },
  },
  {
    name: "events that two buses publish to several namespaces at the same time arrive once, and in order",
    async run(context) {
      const { publisher, subscriber } = context;
      const buses = [...new Set([publisher, subscriber])];
      const received = await Promise.all(
        buses.flatMap((bus) => patterns.map(async (pattern) => ({ pattern, texts: await recordTexts(bus, pattern) }))),
      );
      const publish = ([bus, name]: readonly [EventBroadcaster, string], version: number): readonly Promise<void>[] =>
        spaces.map((space) =>
          bus.publish(space, event("a", version, { eventType: space, metadata: { publisher: name } })),
        );
      const publishers = [[publisher, "one"] as const, [subscriber, "two"] as const];
      const numbers = range(1, publishedPerSpace);
      await Promise.all(numbers.flatMap((version) => publishers.flatMap((each) => publish(each, version))));
      for (const bus of buses) await context.settle(bus);
      const matching = (pattern: string): readonly string[] => spaces.filter((space) => matches(pattern, space));
      await context.waitFor("the events of both buses", () =>
        received.every(({ pattern, texts }) => texts.length >= matching(pattern).length * 2 * publishedPerSpace),
      );
      for (const { pattern, texts } of received) {
        const given = {
          pattern,
          publishedTo: spaces,
          by: "two publishers, without waiting",
          eventsEach: publishedPerSpace,
        };
        for (const space of spaces) {
          for (const [, name] of publishers) {
            const sent = numbers.map((version) => `${space} ${name} ${version}`);
            const expected = matching(pattern).includes(space) ? sent : [];
            const actual = texts.filter((text) => text.startsWith(`${space} ${name} `));
            check("the events of one publisher in a namespace arrive once, and in order", { given, expected, actual });
          }
        }
      }
    },
  },
  {
    name: "handlers of two buses can answer each other",
    async run(context) {
      const { publisher, subscriber } = context;
      const rounds = 20;
      const [asked, answered]: [number[], number[]] = [[], []];
      const answering = subscriber.subscribe("questions", async ({ version }) => {
        asked.push(version);
        await subscriber.publish("answers", event("a", version));
      });
      const asking = publisher.subscribe("answers", async ({ version }: Event) => {
        answered.push(version);
        if (version < rounds) await publisher.publish("questions", event("a", version + 1));
      });
      await Promise.all([answering.ready, asking.ready]);
      await publisher.publish("questions", event("a", 1));
      await context.waitFor(`${rounds} answers`, () => answered.length >= rounds);
      const given = "a handler that answers each question, and one that asks the next question for each answer";
      const expected = { asked: range(1, rounds), answered: range(1, rounds) };
      check("every question and every answer arrives once", { given, expected, actual: { asked, answered } });
    },
  },
  {
    name: "a bus that has carried the events of 1,200 namespaces delivers further events",
    async run(context) {
      const { subscriber, publisher } = context;
      const early = await recordVersions(subscriber, "*.a", { bufferSize: 2_000 });
      const all = range(1, 1_200);
      await Promise.all(all.map((version) => publisher.publish(`n${version}.a`, event("a", version))));
      await context.settle();
      const late = subscriber.subscribe("n7.a");
      await late.ready;
      await publishAndSettle(context, "n7.a", events("a", [1_201, 1_202]));
      await context.waitFor("1,202 events", () => early.length >= 1_202);
      const given = "one event for each of 1,200 namespaces, then two for one of them";
      const sorted = [...early].sort((left, right) => left - right);
      check("a subscription to all of them gets every event once", {
        given,
        expected: range(1, 1_202),
        actual: sorted,
      });
      await subscriber.close();
      const actual = await remainingVersions(late);
      check("a later subscription gets the later events", { given, expected: [1_201, 1_202], actual });
    },
  },
  {
    name: "subscriptions that come and go get exactly the events that are published while they are open",
    async run(context) {
      for (const seed of [1, 2]) await comeAndGo(context, seed, 50);
    },
  },
]);
