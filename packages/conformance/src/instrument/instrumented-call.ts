import { ConformanceError } from "../checks/conformance-error.ts";
import { type Call, describePart } from "./call.ts";
import type { CallTracker } from "./call-tracker.ts";

/** Calls a method that must return a promise and must not throw. */
export function callAsync(call: Call, tracker: CallTracker, work: () => unknown): Promise<unknown> {
  const promise = awaitResult(call, tracker, callWithoutThrowing(call, work));
  // A failed case no longer awaits its other calls. Their rejections must not count as unhandled.
  promise.catch(() => {});
  return promise;
}

/** Waits for the result of a call, which must be a promise. */
export function awaitResult(call: Call, tracker: CallTracker, result: unknown): Promise<unknown> {
  if (isPromiseLike(result)) return tracker.settled(call, result);
  return Promise.reject(violation("asynchronous methods return a promise", call, "a promise", result));
}

/** Calls a method that must not throw. */
export function callWithoutThrowing<T>(call: Call, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw violation(
      "methods report errors by a rejected promise, and do not throw",
      call,
      "a promise that rejects",
      error,
    );
  }
}

/** Wraps an iterator so that every call to `next` and `return` is tracked. */
export function instrumentIterator(
  call: Call,
  tracker: CallTracker,
  iterator: AsyncIterator<unknown>,
): AsyncIterator<unknown> {
  const step = (method: "next" | "return") => {
    const stepCall = describePart(call, `${method}()`);
    const take = (): unknown => iterator[method]?.();
    return async (): Promise<IteratorResult<unknown>> => {
      const result = callWithoutThrowing(stepCall, take);
      if (result === undefined) return { done: true, value: undefined };
      return awaitResult(call, tracker, result) as Promise<IteratorResult<unknown>>;
    };
  };
  return { next: step("next"), return: step("return") };
}

/** Creates the error for a broken guarantee that applies to every call. */
export function violation(guarantee: string, given: Call, expected: string, actual: unknown): ConformanceError {
  return new ConformanceError({ guarantee, given: String(given), expected, actual, cause: actual });
}

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
