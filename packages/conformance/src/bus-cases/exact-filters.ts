import type { Event, SubscribeOptions, Subscription } from "@aether/core";
import { check, checkFrozen } from "../checks/check.ts";
import { event, events, range } from "../samples/events.ts";
import { similarNames } from "../samples/hostile-texts.ts";
import { mutableEvent } from "../samples/mutable-event.ts";
import { type BusCase, busCaseGroup } from "../suite/bus-case.ts";
import { publishAndSettle } from "./publishing.ts";
import { recordVersions, remainingVersions } from "./receiving.ts";

const guarantee = "a subscription gets the events that pass its filters, and no others";

/** Names that buses often take for equal or for patterns. */
const names: readonly string[] = [
  ...new Set([...similarNames.flat(), "a.b", "axb", "a.*", "a", "a*", "(a)", "^a", "A"]),
];

/** Some names by which subscriptions select. */
const selected = names.filter((_, index) => index % 3 === 0 || index > names.length - 9);

/** Publishes one event for each name, and checks the events that each of several filters lets pass. */
const selecting = (
  create: (name: string, version: number) => Event,
  optionsFor: (name: string) => SubscribeOptions,
  passes: (name: string, wanted: string) => boolean,
): BusCase["run"] => {
  return async (context) => {
    const subscriptions = selected.map((name) => ({
      name,
      subscription: context.subscriber.subscribe("a", optionsFor(name)),
    }));
    await Promise.all(subscriptions.map(({ subscription }) => subscription.ready));
    await Promise.all(names.map((name, index) => context.publisher.publish("a", create(name, index + 1))));
    await context.settle();
    await context.subscriber.close();
    for (const { name, subscription } of subscriptions) {
      const expected = names.flatMap((each, index) => (passes(each, name) ? [index + 1] : []));
      const actual = await remainingVersions(subscription);
      check(guarantee, { given: { options: optionsFor(name), published: names.length }, expected, actual });
    }
  };
};

export const exactFilters: readonly BusCase[] = busCaseGroup("filters", [
  {
    name: "eventTypes compares types character by character",
    run: selecting(
      (eventType, version) => event("a", version, { eventType }),
      (name) => ({ eventTypes: [name] }),
      (name, wanted) => name === wanted,
    ),
  },
  {
    name: "actorId compares ids character by character",
    run: selecting(
      (actorId, version) => event(actorId, version, { id: `event ${version}` }),
      (actorId) => ({ actorId }),
      (name, wanted) => name === wanted,
    ),
  },
  {
    name: "actorIdPrefix compares the beginning character by character",
    run: selecting(
      (name, version) => event(`${name}1`, version, { id: `event ${version}` }),
      (actorIdPrefix) => ({ actorIdPrefix }),
      (name, wanted) => `${name}1`.startsWith(wanted),
    ),
  },
  {
    name: "eventTypes may list a type twice, and may list many types",
    async run(context) {
      const many = range(1, 40).map((n) => `Type ${n}`);
      const lists = [["Type 1", "Type 1"], many, ["Type 39", "Type 2", "Type 39"]];
      const subscriptions = lists.map((eventTypes) => context.subscriber.subscribe("a", { eventTypes }));
      const received = await Promise.all(
        lists.map((eventTypes) => recordVersions(context.subscriber, "a", { eventTypes })),
      );
      await Promise.all(subscriptions.map(({ ready }) => ready));
      const published = [...many, "Type 0"].map((eventType, index) => event("a", index + 1, { eventType }));
      await publishAndSettle(context, "a", published);
      await context.waitFor("the events of 40 types", () => (received[1]?.length ?? 0) >= 40);
      await context.subscriber.close();
      const expected = [[1], range(1, 40), [2, 39]];
      for (const [index, subscription] of subscriptions.entries()) {
        const given = { eventTypes: lists[index], published: "Type 1 to Type 40, Type 0" };
        check(guarantee, { given, expected: expected[index], actual: await remainingVersions(subscription) });
        check(guarantee, { given: { ...given, handler: true }, expected: expected[index], actual: received[index] });
      }
    },
  },
  {
    name: "an option that is undefined has its default",
    async run(context) {
      const options = {
        eventTypes: undefined,
        actorId: undefined,
        actorIdPrefix: undefined,
        filter: undefined,
        bufferSize: undefined,
        overflow: undefined,
        signal: undefined,
      };
      const subscription = context.subscriber.subscribe("a", options);
      const received = await recordVersions(context.subscriber, "a", { ...options, onError: undefined });
      await subscription.ready;
      const all = range(1, 1_030);
      await Promise.all(events("a", all).map((each) => context.publisher.publish("a", each)));
      await context.settle();
      await context.waitFor("1,030 events", () => received.at(-1) === 1_030);
      await context.subscriber.close();
      const actual = await remainingVersions(subscription);
      check("the oldest events are dropped when more than 1,024 wait", {
        given: { options, published: 1_030 },
        expected: all.slice(6),
        actual,
      });
    },
  },
  {
    name: "filter gets deeply frozen events",
    async run(context) {
      const filtered: Event[] = [];
      const filter = (each: Event): boolean => filtered.push(each) > 0;
      const received = await recordVersions(context.subscriber, "a", { filter });
      await publishAndSettle(context, "a", [mutableEvent()]);
      await context.waitFor("the event", () => received.length > 0);
      check("filter gets the event as it was published", {
        given: mutableEvent(),
        expected: [mutableEvent()],
        actual: filtered,
      });
      for (const each of filtered) checkFrozen("received events are deeply frozen", "the argument of filter", each);
    },
  },
  {
    name: "a subscription that its filter ends gets no more events, not even the current one",
    async run(context) {
      const handled: number[] = [];
      const made: { subscription?: Subscription } = {};
      const filter = ({ version }: Event): boolean => {
        if (version === 2) void made.subscription?.unsubscribe();
        return true;
      };
      const handle = ({ version }: Event): void => void handled.push(version);
      made.subscription = context.subscriber.subscribe("a", handle, { filter });
      const witness = await recordVersions(context.subscriber, "a");
      await made.subscription.ready;
      await publishAndSettle(context, "a", [event("a", 1)]);
      await context.waitFor("the first event", () => handled.length > 0 && witness.length > 0);
      await publishAndSettle(context, "a", events("a", [2, 3]));
      await context.waitFor("three events", () => witness.length >= 3);
      const given = "a filter that ends its own subscription at the second of three events, and returns true";
      check("the handler is not called after its subscription has ended", { given, expected: [1], actual: handled });
    },
  },
]);
