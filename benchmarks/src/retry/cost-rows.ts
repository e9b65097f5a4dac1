import { isVersionConflictError } from "@aether/core";
import { CircuitBreaker, defaultPolicy, retryOnConflict } from "@aether/retry";
import { ConsecutiveBreaker, circuitBreaker, ExponentialBackoff, handleWhen, retry, wrap } from "cockatiel";
import pRetry from "p-retry";
import type { Comparison, Side } from "../measure.ts";
import type { Sizes } from "../suite.ts";

const operationText = "an operation that succeeds immediately";

/** The overhead of a policy when there is no conflict. */
export function costRows({ quick, repetitions }: Sizes): readonly Comparison[] {
  const count = quick ? 20_000 : 200_000;
  const operation = async (): Promise<number> => 1;
  const calls = (call: () => Promise<number>): Side => ({
    run: async () => {
      let operations = 0;
      for (let index = 0; index < count; index++) operations += await call();
      return operations;
    },
  });
  const conflicts = handleWhen(isVersionConflictError);
  const cockatiel = retry(conflicts, {
    maxAttempts: 29,
    backoff: new ExponentialBackoff({ initialDelay: 10, maxDelay: 1_000 }),
  });
  const broken = circuitBreaker(conflicts, { halfOpenAfter: 30_000, breaker: new ConsecutiveBreaker(5) });
  const around = wrap(cockatiel, broken);
  const pRetryOptions = { retries: 29, minTimeout: 10, maxTimeout: 1_000, shouldRetry: isConflict };
  const breaker = new CircuitBreaker().around(defaultPolicy);
  const unit = "calls/s";
  const ours = calls(() => retryOnConflict(operation));
  return [
    {
      name: `retryOnConflict with ${operationText}`,
      against: "cockatiel's retry",
      unit,
      repetitions,
      ours,
      baseline: calls(() => cockatiel.execute(operation)),
    },
    {
      name: `retryOnConflict with ${operationText}`,
      against: "p-retry",
      unit,
      repetitions,
      ours,
      baseline: calls(() => pRetry(operation, pRetryOptions)),
    },
    {
      name: `retryOnConflict with a CircuitBreaker and ${operationText}`,
      against: "cockatiel's retry around its circuitBreaker",
      unit,
      repetitions,
      ours: calls(() => retryOnConflict(operation, { policy: breaker, actorId: "order-1" })),
      baseline: calls(() => around.execute(operation)),
    },
  ];
}

function isConflict({ error }: { readonly error: unknown }): boolean {
  return isVersionConflictError(error);
}
