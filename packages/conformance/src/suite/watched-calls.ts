import { ConformanceError } from "../checks/conformance-error.ts";
import { show } from "../checks/show.ts";
import type { Patience } from "./patience.ts";

/** Which call each error came from. */
const calls = new WeakMap<object, string>();

/** The call that an error came from, as text; `undefined` if it came from elsewhere. */
export function callBehind(error: unknown): string | undefined {
  return typeof error === "object" && error !== null ? calls.get(error) : undefined;
}

/** A call as text. */
export function callOf(method: PropertyKey, args: readonly unknown[]): string {
  return `${String(method)}(${args.map(show).join(", ")})`;
}

/** Remembers the call that an error came from, if none is known. */
function remember(error: unknown, call: string): void {
  if (typeof error === "object" && error !== null && !calls.has(error)) calls.set(error, call);
}

/** Makes a call of a method that must return a promise, and must not throw. */
export function watchedCall(call: string, patience: Patience, work: () => unknown): Promise<unknown> {
  const promise = watchedPromise(call, patience, withoutThrowing(call, work));
  // A case that has failed awaits no more: what else it called must not end as an unhandled rejection.
  promise.catch(() => {});
  return promise;
}

/** Waits for a promise, which is under way until it settles, and remembers the call that a rejection came from. */
export async function watchedPromise(call: string, patience: Patience, result: unknown): Promise<unknown> {
  if (!isPromiseLike(result)) throw broken("every method that waits returns a promise", call, "a promise", result);
  try {
    return await patience.during(call, result);
  } catch (error) {
    remember(error, call);
    throw error;
  }
}

/** Makes a call that may throw, and remembers it. */
export function watchedSync<T>(call: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    remember(error, call);
    throw error;
  }
}

/** An iterator, every step of which is a watched call. */
export function watchedIterator(
  call: string,
  patience: Patience,
  iterator: AsyncIterator<unknown>,
): AsyncIterator<unknown> {
  const step = (method: "next" | "return") => async (): Promise<IteratorResult<unknown>> => {
    const answer = withoutThrowing(`${call}, ${method}()`, () => iterator[method]?.());
    const done = { done: true, value: undefined } as const;
    return answer === undefined ? done : ((await watchedPromise(call, patience, answer)) as IteratorResult<unknown>);
  };
  return { next: step("next"), return: step("return") };
}

/** Makes a call that must not throw. */
export function withoutThrowing<T>(call: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw broken("no method throws synchronously", call, "a promise that rejects", error);
  }
}

/** A promise of every call is broken. */
export function broken(promise: string, given: string, expected: string, seen: unknown): ConformanceError {
  return new ConformanceError({ promise, given, expected, actual: seen, cause: seen });
}

export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
