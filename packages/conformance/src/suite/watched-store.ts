import type { EventStore } from "@aether/core";
import { broken, callOf, watchedCall, watchedIterator, withoutThrowing } from "./watched-calls.ts";

/**
 * A store as the cases use it: the same, but every call is checked for what every call promises (no method throws
 * synchronously, each returns a promise), and errors are remembered with the call that they came from.
 */
export function watchedStore(store: EventStore): EventStore {
  // The proxy stands in front of an empty object: in front of a frozen store it could not replace the methods.
  return new Proxy({} as EventStore, {
    get(_, key) {
      const member: unknown = Reflect.get(store, key);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const call = callOf(key, args);
        const work = (): unknown => Reflect.apply(member, store, args);
        return key === "readEvents" ? watchedEvents(call, withoutThrowing(call, work)) : watchedCall(call, work);
      };
    },
  });
}

function watchedEvents(call: string, result: unknown): AsyncIterable<unknown> {
  const events = result as AsyncIterable<unknown> | null | undefined;
  if (typeof events?.[Symbol.asyncIterator] !== "function") {
    throw broken("readEvents returns an async iterable", call, "an async iterable", result);
  }
  return {
    [Symbol.asyncIterator]: () =>
      watchedIterator(
        call,
        withoutThrowing(call, () => events[Symbol.asyncIterator]()),
      ),
  };
}
