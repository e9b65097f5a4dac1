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

const names = ["maxAttempts", "baseDelayMs", "maxDelayMs", "maxElapsedMs", "kind", "onFailure", "failureThreshold"];
const others = ["openMs", "maxProbes", "maxActors", "onStateChange", "clock", "random", "signal", "policy", "onRetry"];
const queueNames = ["capacity", "roomTimeoutMs", "onSettled", "actorId"];

const options: fc.Arbitrary<Make> = fc.oneof(
  anything,
  fc
    .array(fc.tuple(fc.constantFrom(...names, ...others, ...queueNames), anything), { minLength: 1, maxLength: 3 })
    .map((fields) => () => Object.fromEntries(fields.map(([field, make]) => [field, make()]))),
);

const actorIds: fc.Arbitrary<Make> = fc.oneof(
  text.map((value) => () => value),
  anything,
);

/** What must hold for the ways of retrying, whatever they are given. */
export function retryProperties(runs: number): readonly Property[] {
  const store = new MemoryEventStore();
  const makers: readonly ((given: never) => unknown)[] = [
    simple,
    adaptive,
    detailed,
    jitter,
    (given) => new CircuitBreaker(given),
    (given) => new RetryQueue(store, given),
    (given) => new CircuitBreaker().around(given),
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
      fc.tuple(actorIds, anything.filter(isResult)),
      async ([actorId, make]) => {
        const decide: Decide = () => make() as never;
        const outcome = await outcomeOf(() => appendWithRetry(store, actorId() as string, decide));
        expectValueOrRefusal(outcome, INVALID_ARGUMENT, INVALID_EVENT);
      },
      runs,
    ),
  ];
}

/** What throws when it is awaited is as good as thrown by the function that returns it. */
function isResult(make: Make): boolean {
  try {
    return typeof (make() as { then?: unknown } | undefined)?.then !== "function";
  } catch {
    return false;
  }
}
