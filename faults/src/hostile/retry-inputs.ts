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
import {
  expectRefusal,
  expectValueOrRefusal,
  immediateOutcomeOf,
  outcomeOf,
  type Property,
  property,
} from "./property.ts";
import { text } from "./texts.ts";
import { anything, type Make } from "./values.ts";

const INVALID_ARGUMENT = "AETHER_INVALID_ARGUMENT";
const INVALID_EVENT = "AETHER_INVALID_EVENT";

const numbers = ["maxAttempts", "baseDelayMs", "maxDelayMs", "maxElapsedMs", "failureThreshold", "openMs", "capacity"];
const kinds = ["maxProbes", "maxActors", "successThreshold", "roomTimeoutMs", "kind"];

/** Options objects with values that types would not have let pass. */
const options: fc.Arbitrary<Make> = fc
  .array(
    fc.tuple(
      fc.constantFrom(...numbers, ...kinds),
      fc.oneof(fc.double(), fc.string(), fc.constantFrom(null, true, -0, 2 ** 53)),
    ),
    { minLength: 1, maxLength: 3 },
  )
  .map((fields) => () => Object.fromEntries(fields));

const actorIds: fc.Arbitrary<Make> = fc.oneof(
  text.map((value) => () => value),
  anything,
);

/** Drafts that are objects: anything may stand in their fields. */
const drafts: fc.Arbitrary<Make> = fc
  .array(fc.tuple(fc.constantFrom("id", "eventType", "data", "metadata", "timestamp", "version", "more"), anything), {
    minLength: 1,
    maxLength: 4,
  })
  .map((fields) => () => Object.fromEntries(fields.map(([field, make]) => [field, make()])));

/** What must hold for the ways of retrying, whatever they are given. */
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
      "options of policies and queues",
      options,
      (make) => {
        for (const maker of makers) {
          expectValueOrRefusal(
            immediateOutcomeOf(() => maker(make() as never)),
            INVALID_ARGUMENT,
          );
        }
      },
      runs,
    ),

    property(
      "options of calls that retry",
      options,
      async (make) => {
        const given = make() as RetryOptions;
        expectValueOrRefusal(await outcomeOf(() => retryOnConflict(() => 1, given)), INVALID_ARGUMENT);
        expectValueOrRefusal(
          await outcomeOf(() => appendWithRetry(store, "a", () => undefined, given)),
          INVALID_ARGUMENT,
        );
      },
      runs,
    ),

    property(
      "what is no options object is refused",
      fc.oneof(text, fc.double(), fc.constantFrom(null, true, 1n)),
      async (value) => {
        const given = value as never;
        for (const maker of [simple, adaptive, detailed, jitter]) {
          expectRefusal(
            immediateOutcomeOf(() => maker(given)),
            INVALID_ARGUMENT,
          );
        }
        expectRefusal(
          immediateOutcomeOf(() => new CircuitBreaker(given)),
          INVALID_ARGUMENT,
        );
        expectRefusal(
          immediateOutcomeOf(() => new RetryQueue(store, given)),
          INVALID_ARGUMENT,
        );
        expectRefusal(await outcomeOf(() => retryOnConflict(() => 1, given)), INVALID_ARGUMENT);
        expectRefusal(await outcomeOf(() => appendWithRetry(store, "a", () => undefined, given)), INVALID_ARGUMENT);
      },
      runs,
    ),

    property(
      "what is no function is refused",
      anything.filter((make) => typeof make() !== "function"),
      async (make) => {
        expectRefusal(await outcomeOf(() => retryOnConflict(make() as never)), INVALID_ARGUMENT);
        expectRefusal(await outcomeOf(() => appendWithRetry(store, "a", make() as never)), INVALID_ARGUMENT);
      },
      runs,
    ),

    property(
      "decisions of anything, for anyone",
      fc.tuple(actorIds, drafts),
      async ([actorId, make]) => {
        const decide: Decide = () => make() as never;
        const outcome = await outcomeOf(() => appendWithRetry(store, actorId() as string, decide));
        expectValueOrRefusal(outcome, INVALID_ARGUMENT, INVALID_EVENT);
      },
      runs,
    ),
  ];
}
