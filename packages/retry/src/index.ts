export type { AppendResult, SavedEvent } from "./append-with-retry.ts";
export { appendWithRetry } from "./append-with-retry.ts";
export type { CircuitBreakerOptions, CircuitChange, CircuitState } from "./breaker/circuit-breaker.ts";
export { CircuitBreaker } from "./breaker/circuit-breaker.ts";
export type { Attempt, Decide, Decision, DecisionWithResult, ResultOf } from "./decide.ts";
export type { GaveUpDetails } from "./errors.ts";
export {
  CircuitOpenError,
  RetriesExhaustedError,
  RetryQueueClosedError,
  RetryQueueFullError,
  ThrashingError,
} from "./errors.ts";
export type { Clock } from "./loop/clock.ts";
export { systemClock } from "./loop/clock.ts";
export type { AttemptEnd, AttemptSettings, MakeAttempt } from "./loop/retry-loop.ts";
export { retryAttempts } from "./loop/retry-loop.ts";
export type { Retry, RetryOptions, RetrySettings } from "./loop/retry-options.ts";
export { retrySettings } from "./loop/retry-options.ts";
export type { AdaptiveOptions } from "./policies/adaptive.ts";
export { adaptive } from "./policies/adaptive.ts";
export type { BackoffOptions } from "./policies/backoff.ts";
export { defaultPolicy } from "./policies/default-policy.ts";
export type { DetailedOptions } from "./policies/detailed.ts";
export { detailed } from "./policies/detailed.ts";
export type { JitterKind, JitterOptions } from "./policies/jitter.ts";
export { jitter } from "./policies/jitter.ts";
export type { AttemptOutcome, FailedAttempt, RetryableError, RetryPolicy, Verdict } from "./policies/retry-policy.ts";
export { simple } from "./policies/simple.ts";
export type { QueuedAppend, QueueOutcome, RetryQueueOptions } from "./queue/retry-queue.ts";
export { RetryQueue } from "./queue/retry-queue.ts";
export type { OperationAttempt, RetryOnConflictOptions } from "./retry-on-conflict.ts";
export { retryOnConflict } from "./retry-on-conflict.ts";
export type { AnyDecide, InvalidDecision, ValidDecision } from "./valid-decision.ts";
