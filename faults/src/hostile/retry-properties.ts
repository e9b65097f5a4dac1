import {
  adaptive,
  appendWithRetry,
  CircuitBreaker,
  type Decide,
  detailed,
  jitter,
  type RetryOptions,
  RetryQueue,
  retryOnConflict,
  simple,
} from "@aether/retry";
import { MemoryEventStore } from "@aether/store-memory";
import fc from "fast-check";
import { expectRejection, expectValueOrRejection, immediateOutcomeOf, outcomeOf } from "./outcome.ts";
import { type Property, property } from "./property.ts";
import { text } from "./texts.ts";
import { anything, type MakeValue } from "./values.ts";

const INVALID_ARGUMENT = "AETHER_INVALID_ARGUMENT";
const INVALID_EVENT = "AETHER_INVALID_EVENT";

const optionNames = [
  "maxAttempts",
  "baseDelayMs",
  "maxDelayMs",
  "maxElapsedMs",
  "failureThreshold",
  "openMs",
  "capacity",
  "maxProbes",
  "maxActors",
  "successThreshold",
  "roomTimeoutMs",
  "kind",
];

/** Options objects with values that the type checker would not allow. */
const options: fc.Arbitrary<MakeValue> = fc
  .array(
    fc.tuple(
      fc.constantFrom(...optionNames),
      fc.oneof(fc.double(), fc.string(), fc.constantFrom(null, true, -0, 2 ** 53)),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((fields) => () => Object.fromEntries(fields));

const actorIds: fc.Arbitrary<MakeValue> = fc.oneof(
  text.map((value) => () => value),
  anything,
);

/** Event drafts: objects with fields of any value. */
const drafts: fc.Arbitrary<MakeValue> = fc
  .array(fc.tuple(fc.constantFrom("id", "eventType", "data", "metadata", "timestamp", "version", "more"), anything), {
    minLength: 1,
    maxLength: 4,
  })
  .map((fields) => () => Object.fromEntries(fields.map(([field, make]) => [field, make()])));

/** Properties of policies, queues and retry functions for inputs of any kind. */
export function retryProperties(runs: number): readonly Property[] {
  const store = new MemoryEventStore();
  const makers: readonly ((given: never) => unknown)[] = [
    simple,
    adaptive,
    detailed,
    jitter,
    (given) => new CircuitBreaker(given),
    (given: object) => new RetryQueue(store, { ...given, onSettled: () => {} }),
  ];
  return [
    property(
      "policy and queue options are accepted, or rejected with a documented code",
      options,
      (make) => {
        for (const maker of makers) {
          expectValueOrRejection(
            immediateOutcomeOf(() => maker(make() as never)),
            INVALID_ARGUMENT,
          );
        }
      },
      runs,
    ),

    property(
      "retry options are accepted, or rejected with a documented code",
      options,
      async (make) => {
        const given = make() as RetryOptions;
        expectValueOrRejection(await outcomeOf(() => retryOnConflict(() => 1, given)), INVALID_ARGUMENT);
        expectValueOrRejection(
          await outcomeOf(() => appendWithRetry(store, "a", () => undefined, given)),
          INVALID_ARGUMENT,
        );
      },
      runs,
    ),

    property(
      "a value that is not an options object is rejected",
      fc.oneof(text, fc.double(), fc.constantFrom(null, true, 1n)),
      async (value) => {
        const given = value as never;
        for (const maker of [simple, adaptive, detailed, jitter]) {
          expectRejection(
            immediateOutcomeOf(() => maker(given)),
            INVALID_ARGUMENT,
          );
        }
        expectRejection(
          immediateOutcomeOf(() => new CircuitBreaker(given)),
          INVALID_ARGUMENT,
        );
        expectRejection(
          immediateOutcomeOf(() => new RetryQueue(store, given)),
          INVALID_ARGUMENT,
        );
        expectRejection(await outcomeOf(() => retryOnConflict(() => 1, given)), INVALID_ARGUMENT);
        expectRejection(await outcomeOf(() => appendWithRetry(store, "a", () => undefined, given)), INVALID_ARGUMENT);
      },
      runs,
    ),

    property(
      "a value that is not a function is rejected",
      anything.filter((make) => typeof make() !== "function"),
      async (make) => {
        expectRejection(await outcomeOf(() => retryOnConflict(make() as never)), INVALID_ARGUMENT);
        expectRejection(await outcomeOf(() => appendWithRetry(store, "a", make() as never)), INVALID_ARGUMENT);
      },
      runs,
    ),

    property(
      "decisions and actor ids are accepted, or rejected with a documented code",
      fc.tuple(actorIds, drafts),
      async ([actorId, make]) => {
        const decide: Decide = () => make() as never;
        const outcome = await outcomeOf(() => appendWithRetry(store, actorId() as string, decide));
        expectValueOrRejection(outcome, INVALID_ARGUMENT, INVALID_EVENT);
      },
      runs,
    ),
  ];
}
