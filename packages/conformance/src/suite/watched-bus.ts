import type { EventBroadcaster, EventSubscription } from "@aether/core";
import type { Patience } from "./patience.ts";
import { broken, callOf, isPromiseLike, watchedCall, watchedIterator, watchedSync } from "./watched-calls.ts";

/**
 * A bus as the cases use it: the same, but every call, also of its subscriptions, is checked for what every call promises
 * (what waits returns a promise and does not throw; `subscribe` does not wait), and errors are remembered with the call
 * that they came from.
 */
export function watchedBus(bus: EventBroadcaster, patience: Patience): EventBroadcaster {
  return new Proxy({} as EventBroadcaster, {
    get(_, key) {
      const member: unknown = Reflect.get(bus, key);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const call = callOf(key, args);
        const work = (): unknown => Reflect.apply(member, bus, args);
        if (key === "subscriberCount") return watchedSync(call, work);
        if (key === "subscribe") return watchedSubscription(call, patience, watchedSync(call, work));
        return watchedCall(call, patience, work);
      };
    },
  });
}

function watchedSubscription(call: string, patience: Patience, result: unknown): EventSubscription {
  const subscription = result as EventSubscription | null | undefined;
  if (typeof subscription?.unsubscribe !== "function" || !isPromiseLike(subscription.ready)) {
    throw broken("subscribe returns a subscription at once", call, "a subscription", result);
  }
  return {
    get pattern() {
      return subscription.pattern;
    },
    get ready() {
      return watchedCall(`${call}, ready`, patience, () => subscription.ready) as Promise<void>;
    },
    get dropped() {
      return subscription.dropped;
    },
    unsubscribe: () =>
      watchedCall(`${call}, unsubscribe()`, patience, () => subscription.unsubscribe()) as Promise<void>,
    [Symbol.asyncDispose]: () =>
      watchedCall(`${call}, asyncDispose()`, patience, () => subscription[Symbol.asyncDispose]()) as Promise<void>,
    // That it throws, the second time, is up to the case.
    [Symbol.asyncIterator]: () =>
      watchedIterator(
        call,
        patience,
        watchedSync(call, () => subscription[Symbol.asyncIterator]()),
      ) as ReturnType<EventSubscription[typeof Symbol.asyncIterator]>,
  };
}
