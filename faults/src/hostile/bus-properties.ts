import type { CallOptions, Event, EventBroadcaster, SubscribeOptions } from "@aether/core";
import fc from "fast-check";
import { breakField, callOptions } from "./event-inputs.ts";
import {
  expectRejection,
  expectSameJson,
  expectValue,
  expectValueOrRejection,
  immediateOutcomeOf,
  outcomeOf,
} from "./outcome.ts";
import { type Property, property } from "./property.ts";
import { type HostileRecord, record } from "./records.ts";
import { loneSurrogate, name, text } from "./texts.ts";
import { anything, data, type JsonValue, type MakeValue, metadata } from "./values.ts";

/** Publishes bytes to a namespace with the NATS client instead of the bus, as any program with the permission can. */
export type PublishRaw = (namespace: string, payload: Uint8Array, headerBlock: string | undefined) => void;

interface BusUnderTest {
  readonly publisher: EventBroadcaster;
  /** The bus that subscribes: the publisher itself, or a bus on another connection. */
  readonly subscriber: EventBroadcaster;
  /** Size in bytes above which events may be rejected. */
  readonly eventBytes: number;
  /** Number of inputs per turn. */
  readonly runs: number;
}

const INVALID_NAMESPACE = "AETHER_INVALID_NAMESPACE";
const INVALID_ARGUMENT = "AETHER_INVALID_ARGUMENT";

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are not allowed in a namespace.
const special = /[\s.*>\u0000-\u001f\u007f-\u009f]/gu;

const namespace: fc.Arbitrary<string> = fc
  .array(
    name.map((token) => token.replace(special, "")).filter((token) => token !== ""),
    { minLength: 1, maxLength: 4 },
  )
  .map((tokens) => tokens.join("."))
  .filter((all) => Buffer.byteLength(all) < 250);

const invalidNamespace: fc.Arbitrary<MakeValue> = fc.oneof(
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

const complete = (value: JsonValue, notes?: JsonValue): Event => ({
  id: crypto.randomUUID(),
  eventType: "Tested",
  actorId: "a",
  version: 1,
  timestamp: "2026-01-01T00:00:00Z",
  data: value.value,
  ...(notes === undefined ? {} : { metadata: notes.value as Record<string, string> }),
});

const subscribeOptions: fc.Arbitrary<MakeValue> = fc.oneof(
  callOptions,
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

/** Properties of a bus for inputs of any kind. */
export function busProperties({ publisher, subscriber, eventBytes, runs }: BusUnderTest): readonly Property[] {
  return [
    property(
      "events arrive unchanged, and only at matching subscriptions",
      fc.tuple(namespace, data, metadata),
      async ([to, input, notes]) => {
        const misdelivered: Event[] = [];
        const similar = [`${to}.x`, `x${to}`, `${to}x`, `${"*.".repeat(to.split(".").length)}*`, `${to}.>`];
        const others = similar.map((pattern) =>
          subscriber.subscribe(pattern, (event) => void misdelivered.push(event)),
        );
        const exact = subscriber.subscribe(to);
        await Promise.all([exact, ...others].map(({ ready }) => ready));
        const sent = complete(input, notes);
        const outcome = await outcomeOf(() => publisher.publish(to, sent));
        const isHuge = input.json.length + (notes?.json.length ?? 0) > eventBytes;
        try {
          if (!("value" in outcome) && isHuge) return expectRejection(outcome, "AETHER_EVENT_TOO_LARGE");
          expectValue(outcome);
          await publisher.publish(to, complete({ value: { last: true }, json: "" }));
          const received: Event[] = [];
          for await (const event of exact) if (received.push(event) === 2) break;
          const [first] = received;
          if (first?.id !== sent.id) throw new Error("another event arrived");
          expectSameJson("data", first.data, JSON.parse(input.json));
          expectSameJson("metadata", first.metadata, notes && JSON.parse(notes.json));
          if (misdelivered.length > 0) throw new Error("an event arrived at a subscription that does not match");
        } finally {
          await Promise.all([exact, ...others].map((each) => each.unsubscribe()));
        }
      },
      Math.min(runs, 20),
    ),

    property(
      "an invalid namespace is rejected",
      invalidNamespace,
      async (make) => {
        const event = complete({ value: {}, json: "{}" });
        expectRejection(await outcomeOf(() => publisher.publish(make() as string, event)), INVALID_NAMESPACE);
      },
      runs,
    ),

    property(
      "a value that is not an event is rejected",
      fc.tuple(breakField, anything),
      async ([breakIt, make]) => {
        const broken = breakIt(complete({ value: {}, json: "{}" })) as Event;
        expectRejection(await outcomeOf(() => publisher.publish("a", broken)), "AETHER_INVALID_EVENT");
        expectRejection(await outcomeOf(() => publisher.publish("a", make() as Event)), "AETHER_INVALID_EVENT");
      },
      runs,
    ),

    property(
      "publish options are accepted, or rejected with a documented code",
      callOptions,
      async (make) => {
        const event = complete({ value: {}, json: "{}" });
        const outcome = await outcomeOf(() => publisher.publish("a", event, make() as CallOptions));
        expectValueOrRejection(outcome, INVALID_ARGUMENT);
      },
      runs,
    ),

    property(
      "subscribe arguments are accepted, or rejected with a documented code",
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
          () => subscriber.subscribe(pattern() as string, makeOptions() as SubscribeOptions),
          () => subscriber.subscribe(pattern() as string, () => {}, makeOptions() as SubscribeOptions),
        ];
        for (const call of calls) {
          const outcome = immediateOutcomeOf(call);
          expectValueOrRejection(outcome, INVALID_NAMESPACE, INVALID_ARGUMENT);
          if ("value" in outcome) await outcome.value.unsubscribe();
        }
        immediateOutcomeOf(() => subscriber.subscriberCount(pattern() as string));
      },
      runs,
    ),
  ];
}

/** Properties of subscriptions: messages of any kind do not end them, and they deliver only valid events. */
export function hostileMessageProperty({ publisher, subscriber }: BusUnderTest, publishRaw: PublishRaw): Property {
  return property(
    "hostile messages do not end a subscription",
    fc.array(record as fc.Arbitrary<HostileRecord>, { minLength: 1, maxLength: 5 }),
    async (records) => {
      const to = `hostile-${crypto.randomUUID()}`;
      const received: Event[] = [];
      const subscription = subscriber.subscribe(to);
      await subscription.ready;
      for (const { payload, headers } of records) publishRaw(to, payload("a"), headers);
      const last = complete({ value: { last: true }, json: "" });
      await publisher.publish(to, last);
      for await (const event of subscription) {
        received.push(event);
        if (event.id === last.id) break;
      }
      for (const event of received) {
        const isEvent = typeof event.id === "string" && Number.isSafeInteger(event.version) && Object.isFrozen(event);
        if (!isEvent) throw new Error("a subscriber received a value that is not a frozen event");
      }
    },
    10,
  );
}
