import type { EventStore } from "@aether/core";
import { ConformanceError } from "../checks/conformance-error.ts";
import { show } from "../checks/show.ts";

/** Which call each error came from. */
const calls = new WeakMap<object, string>();

/** The call that an error came from, as text; `undefined` if it came from elsewhere. */
export function callBehind(error: unknown): string | undefined {
  return typeof error === "object" && error !== null ? calls.get(error) : undefined;
}

/**
 * A store as the cases use it: the same, but every call is checked for what every call promises (no method throws
 * synchronously, each returns a promise), and errors are remembered with the call that they came from.
 */
export function watched(store: EventStore): EventStore {
  // The proxy stands in front of an empty object: in front of a frozen store it could not replace the methods.
  return new Proxy({} as EventStore, {
    get(_, key) {
      const member: unknown = Reflect.get(store, key);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const call = `${String(key)}(${args.map(show).join(", ")})`;
        const result = withoutThrowing(call, () => Reflect.apply(member, store, args));
        if (key === "readEvents") return watchedEvents(call, result);
        const promise = watchedPromise(call, result);
        // A case that has failed awaits no more: what else it called must not end as an unhandled rejection.
        promise.catch(() => {});
        return promise;
      };
    },
  });
}

/** Waits for a promise and remembers the call that a rejection came from. */
export async function watchedPromise(call: string, result: unknown): Promise<unknown> {
  if (!isPromiseLike(result)) throw broken("every method that waits returns a promise", call, "a promise", result);
  try {
    return await result;
  } catch (error) {
    if (typeof error === "object" && error !== null && !calls.has(error)) calls.set(error, call);
    throw error;
  }
}

function watchedEvents(call: string, result: unknown): AsyncIterable<unknown> {
  const events = result as AsyncIterable<unknown> | null | undefined;
  if (typeof events?.[Symbol.asyncIterator] !== "function") {
    throw broken("readEvents returns an async iterable", call, "an async iterable", result);
  }
  return {
    [Symbol.asyncIterator]() {
      const iterator = withoutThrowing(call, () => events[Symbol.asyncIterator]());
      const step = (method: "next" | "return") => async (): Promise<IteratorResult<unknown>> => {
        const answer = withoutThrowing(`${call}, ${method}()`, () => iterator[method]?.());
        const done = { done: true, value: undefined } as const;
        return answer === undefined ? done : ((await watchedPromise(call, answer)) as IteratorResult<unknown>);
      };
      return { next: step("next"), return: step("return") };
    },
  };
}

function withoutThrowing<T>(call: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw broken("no method throws synchronously", call, "a promise that rejects", error);
  }
}

function broken(promise: string, given: string, expected: string, seen: unknown): ConformanceError {
  return new ConformanceError({ promise, given, expected, actual: seen, cause: seen });
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as PromiseLike<unknown> | null | undefined)?.then === "function";
}
