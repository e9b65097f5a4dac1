import type { CallOptions, Event, EventBroadcaster, SubscribeOptions } from "@aether/core";
import fc from "fast-check";
import {
  expectRefusal,
  expectSameJson,
  expectValue,
  expectValueOrRefusal,
  immediateOutcomeOf,
  outcomeOf,
  type Property,
  property,
} from "./property.ts";
import { type HostileRecord, record } from "./records.ts";
import { brokenField, options } from "./store-inputs.ts";
import { loneSurrogate, name, text } from "./texts.ts";
import { anything, type Carried, data, type Make, metadata } from "./values.ts";

/** Publishes bytes to a namespace as any program that may could, past the bus. */
export type PublishPast = (namespace: string, payload: Uint8Array, headerBlock: string | undefined) => void;

interface Bus {
  /** Where events are published. */
  readonly publisher: EventBroadcaster;
  /** Where they are heard: the same bus, or one on another connection. */
  readonly listener: EventBroadcaster;
  readonly eventBytes: number;
  /** How many inputs to try at a time. */
  readonly runs: number;
}

const INVALID_NAMESPACE = "AETHER_INVALID_NAMESPACE";
const INVALID_ARGUMENT = "AETHER_INVALID_ARGUMENT";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in it.
const special = /[\s.*>\u0000-\u001f\u007f-\u009f]/gu;

const namespace: fc.Arbitrary<string> = fc
  .array(
    name.map((token) => token.replace(special, "")).filter((token) => token !== ""),
    { minLength: 1, maxLength: 4 },
  )
  .map((tokens) => tokens.join("."))
  .filter((all) => Buffer.byteLength(all) < 250);

const noNamespace: fc.Arbitrary<Make> = fc.oneof(
  fc
    .oneof(
      fc.constantFrom(
        "",
        ".",
        "a.",
        ".a",
        "a..b",
        "*",
        ">",
        "a.*",
        "a.>",
        "a*",
        ">.a",
        " ",
        "a b",
        "a\tb",
        "a\r\nPUB b 0",
      ),
      fc.constantFrom(
        "a\u0000",
        "a\u0085",
        "a\u2028b",
        "\ufeffa",
        "x".repeat(256),
        "\u00e9".repeat(128),
        `${"a.".repeat(16)}a`,
      ),
      loneSurrogate,
    )
    .map((value) => () => value),
  anything.filter((make) => typeof make() !== "string"),
);

const complete = (value: Carried, notes?: Carried): Event => ({
  id: crypto.randomUUID(),
  eventType: "Tested",
  actorId: "a",
  version: 1,
  timestamp: "2026-01-01T00:00:00Z",
  data: value.value,
  ...(notes === undefined ? {} : { metadata: notes.value as Record<string, string> }),
});

const subscribeOptions: fc.Arbitrary<Make> = fc.oneof(
  options,
  fc
    .tuple(
      fc.constantFrom(
        "eventTypes",
        "actorId",
        "actorIdPrefix",
        "filter",
        "bufferSize",
        "overflow",
        "signal",
        "queueGroup",
      ),
      anything,
    )
    .map(([field, make]) => () => ({ [field]: make() })),
);

/** What must hold for a bus, whatever it is given. */
export function busProperties({ publisher, listener, eventBytes, runs }: Bus): readonly Property[] {
  return [
    property(
      "events arrive to the letter, and where they should",
      fc.tuple(namespace, data, metadata),
      async ([to, carried, notes]) => {
        const strays: Event[] = [];
        const besides = [`${to}.x`, `x${to}`, `${to}x`, `${"*.".repeat(to.split(".").length)}*`, `${to}.>`];
        const others = besides.map((pattern) => listener.subscribe(pattern, (event) => void strays.push(event)));
        const exact = listener.subscribe(to);
        await Promise.all([exact, ...others].map(({ ready }) => ready));
        const sent = complete(carried, notes);
        const outcome = await outcomeOf(() => publisher.publish(to, sent));
        const isHuge = carried.json.length + (notes?.json.length ?? 0) > eventBytes;
        try {
          if (!("value" in outcome) && isHuge) return expectRefusal(outcome, "AETHER_EVENT_TOO_LARGE");
          expectValue(outcome);
          await publisher.publish(to, complete({ value: { last: true }, json: "" }));
          const received: Event[] = [];
          for await (const event of exact) if (received.push(event) === 2) break;
          const [first] = received;
          if (first?.id !== sent.id) throw new Error("another event arrived");
          expectSameJson("data", first.data, JSON.parse(carried.json));
          expectSameJson("metadata", first.metadata, notes && JSON.parse(notes.json));
          if (strays.length > 0) throw new Error("an event arrived where it should not");
        } finally {
          await Promise.all([exact, ...others].map((each) => each.unsubscribe()));
        }
      },
      Math.min(runs, 20),
    ),

    property(
      "what is no namespace is refused",
      noNamespace,
      async (make) => {
        const event = complete({ value: {}, json: "{}" });
        expectRefusal(await outcomeOf(() => publisher.publish(make() as string, event)), INVALID_NAMESPACE);
      },
      runs,
    ),

    property(
      "what is no event is refused",
      fc.tuple(brokenField, anything),
      async ([breakField, make]) => {
        const broken = breakField(complete({ value: {}, json: "{}" })) as Event;
        expectRefusal(await outcomeOf(() => publisher.publish("a", broken)), "AETHER_INVALID_EVENT");
        expectRefusal(await outcomeOf(() => publisher.publish("a", make() as Event)), "AETHER_INVALID_EVENT");
      },
      runs,
    ),

    property(
      "options of publish",
      options,
      async (make) => {
        const event = complete({ value: {}, json: "{}" });
        const outcome = await outcomeOf(() => publisher.publish("a", event, make() as CallOptions));
        expectValueOrRefusal(outcome, INVALID_ARGUMENT);
      },
      runs,
    ),

    property(
      "arguments of subscribe",
      fc.tuple(
        fc.oneof(
          text.map((value) => () => value),
          namespace.map((value) => () => value),
          anything,
        ),
        subscribeOptions,
      ),
      async ([pattern, makeOptions]) => {
        const calls = [
          () => listener.subscribe(pattern() as string, makeOptions() as SubscribeOptions),
          () => listener.subscribe(pattern() as string, () => {}, makeOptions() as SubscribeOptions),
        ];
        for (const call of calls) {
          const outcome = immediateOutcomeOf(call);
          expectValueOrRefusal(outcome, INVALID_NAMESPACE, INVALID_ARGUMENT);
          if ("value" in outcome) await outcome.value.unsubscribe();
        }
        immediateOutcomeOf(() => listener.subscriberCount(pattern() as string));
      },
      runs,
    ),
  ];
}

/** Whatever is published past the bus, subscriptions go on, and give their subscribers nothing but events. */
export function strayMessageProperty({ publisher, listener }: Bus, publish: PublishPast): Property {
  return property(
    "hostile messages do not end a subscription",
    fc.array(record as fc.Arbitrary<HostileRecord>, { minLength: 1, maxLength: 5 }),
    async (records) => {
      const to = `stray-${crypto.randomUUID()}`;
      const received: Event[] = [];
      const subscription = listener.subscribe(to);
      await subscription.ready;
      for (const { payload, headers } of records) publish(to, payload("a"), headers);
      const last = complete({ value: { last: true }, json: "" });
      await publisher.publish(to, last);
      for await (const event of subscription) {
        received.push(event);
        if (event.id === last.id) break;
      }
      for (const event of received) {
        const isEvent = typeof event.id === "string" && Number.isSafeInteger(event.version) && Object.isFrozen(event);
        if (!isEvent) throw new Error("a subscriber was given what is no event");
      }
    },
    10,
  );
}
