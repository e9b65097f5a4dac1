import type { EventStore } from "@aether/core";
import { checkAnswer } from "./answers.ts";
import type { Patience } from "./patience.ts";
import { broken, callOf, watchedCall, watchedIterator, withoutThrowing } from "./watched-calls.ts";

/**
 * A store as the cases use it: the same, but every call is checked for what every call promises (no method throws
 * synchronously, each returns a promise of what the contract says), and errors are remembered with the call that they came
 * from.
 */
export function watchedStore(store: EventStore, patience: Patience): EventStore {
  // The proxy stands in front of an empty object: in front of a frozen store it could not replace the methods.
  return new Proxy({} as EventStore, {
    get(_, key) {
      const member: unknown = Reflect.get(store, key);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const call = callOf(key, args);
        const work = (): unknown => Reflect.apply(member, store, args);
        if (key === "readEvents") return watchedEvents(call, patience, withoutThrowing(call, work));
        return checkedAnswer(key, call, watchedCall(call, patience, work));
      };
    },
  });
}

function checkedAnswer(method: PropertyKey, call: string, answer: Promise<unknown>): Promise<unknown> {
  const checked = answer.then((value) => {
    checkAnswer(method, call, value);
    return value;
  });
  checked.catch(() => {});
  return checked;
}

function watchedEvents(call: string, patience: Patience, result: unknown): AsyncIterable<unknown> {
  const events = result as AsyncIterable<unknown> | null | undefined;
  if (typeof events?.[Symbol.asyncIterator] !== "function") {
    throw broken("readEvents returns an async iterable", call, "an async iterable", result);
  }
  return {
    [Symbol.asyncIterator]: () =>
      watchedIterator(
        call,
        patience,
        withoutThrowing(call, () => events[Symbol.asyncIterator]()),
      ),
  };
}
