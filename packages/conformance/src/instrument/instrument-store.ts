import type { EventStore } from "@aether/core";
import type { CallTracker } from "./call-tracker.ts";
import { callAsync, callWithoutThrowing, describeCall, instrumentIterator, violation } from "./instrumented-call.ts";
import { checkResult } from "./method-results.ts";

/**
 * Wraps a store for a case. Tracks the calls to the store and checks the guarantees that apply to every call: no method
 * throws synchronously, `readEvents` returns an async iterable, and the other methods return a promise that resolves to
 * the declared type.
 */
export function instrumentStore(store: EventStore, tracker: CallTracker): EventStore {
  // The target of the proxy is an empty object, because a proxy cannot replace the methods of a frozen store.
  return new Proxy({} as EventStore, {
    get(_, key) {
      const member: unknown = Reflect.get(store, key);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const call = describeCall(key, args);
        const work = (): unknown => Reflect.apply(member, store, args);
        if (key === "readEvents") return instrumentEvents(call, tracker, callWithoutThrowing(call, work));
        return withCheckedResult(key, call, callAsync(call, tracker, work));
      };
    },
  });
}

function withCheckedResult(method: PropertyKey, call: string, result: Promise<unknown>): Promise<unknown> {
  const checked = result.then((value) => {
    checkResult(method, call, value);
    return value;
  });
  checked.catch(() => {});
  return checked;
}

function instrumentEvents(call: string, tracker: CallTracker, result: unknown): AsyncIterable<unknown> {
  const events = result as AsyncIterable<unknown> | null | undefined;
  if (typeof events?.[Symbol.asyncIterator] !== "function") {
    throw violation("readEvents returns an async iterable", call, "an async iterable", result);
  }
  return {
    [Symbol.asyncIterator]: () => {
      const iterator = callWithoutThrowing(call, () => events[Symbol.asyncIterator]());
      return instrumentIterator(call, tracker, iterator);
    },
  };
}
