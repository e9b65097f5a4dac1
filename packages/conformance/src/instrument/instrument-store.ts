import { type Call, describeCall } from "./call.ts";
import type { CallTracker } from "./call-tracker.ts";
import { callAsync, callWithoutThrowing, instrumentIterator, violation } from "./instrumented-call.ts";
import { checkResult } from "./method-results.ts";

/**
 * Wraps an event store or a document store for a case. Tracks the calls to the store and checks the guarantees that
 * apply to every call: no method throws synchronously, lazy reads return an async iterable of the declared type, and
 * the other methods return a promise that resolves to the declared type.
 */
export function instrumentStore<Store extends object>(store: Store, tracker: CallTracker): Store {
  // The target of the proxy is an empty object, because a proxy cannot replace the methods of a frozen store.
  return new Proxy({} as Store, {
    get(_, key) {
      const member: unknown = Reflect.get(store, key);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const call = describeCall(key, args);
        const work = (): unknown => Reflect.apply(member, store, args);
        if (lazyReads.has(key)) return instrumentValues(key, call, tracker, callWithoutThrowing(call, work));
        return withCheckedResult(key, call, callAsync(call, tracker, work));
      };
    },
  });
}

function withCheckedResult(method: PropertyKey, call: Call, result: Promise<unknown>): Promise<unknown> {
  const checked = result.then((value) => {
    checkResult(method, call, value);
    return value;
  });
  checked.catch(() => {});
  return checked;
}

/** The methods that return an async iterable, and not a promise. */
const lazyReads = new Set<PropertyKey>(["readEvents", "readFeed", "listActors", "listDocuments", "watchDocuments"]);

function instrumentValues(
  method: PropertyKey,
  call: Call,
  tracker: CallTracker,
  result: unknown,
): AsyncIterable<unknown> {
  const values = result as AsyncIterable<unknown> | null | undefined;
  if (typeof values?.[Symbol.asyncIterator] !== "function") {
    throw violation(`${String(method)} returns an async iterable`, call, "an async iterable", result);
  }
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = callWithoutThrowing(call, () => values[Symbol.asyncIterator]());
      const { next, ...rest } = instrumentIterator(call, tracker, iterator);
      return {
        ...rest,
        next: async () => {
          const step = await next();
          if (step.done !== true) checkResult(method, call, step.value, "yields");
          return step;
        },
      };
    },
  };
}
