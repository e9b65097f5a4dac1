import type { EventBroadcaster, EventSubscription } from "@aether/core";
import { type Call, describeCall, describePart } from "./call.ts";
import type { CallTracker } from "./call-tracker.ts";
import { callAsync, instrumentIterator, isPromiseLike, violation } from "./instrumented-call.ts";

/**
 * Wraps a bus for a case. Tracks the calls to the bus and to its subscriptions, and checks the guarantees that apply to
 * every call: asynchronous methods return a promise and do not throw, and `subscribe` returns a subscription directly.
 */
export function instrumentBus(bus: EventBroadcaster, tracker: CallTracker): EventBroadcaster {
  return new Proxy({} as EventBroadcaster, {
    get(_, key) {
      const member: unknown = Reflect.get(bus, key);
      if (typeof member !== "function") return member;
      return (...args: unknown[]) => {
        const call = describeCall(key, args);
        const work = (): unknown => Reflect.apply(member, bus, args);
        if (key === "subscriberCount") return tracker.called(call, work);
        if (key === "subscribe") return instrumentSubscription(call, tracker, tracker.called(call, work));
        return callAsync(call, tracker, work);
      };
    },
  });
}

function instrumentSubscription(call: Call, tracker: CallTracker, result: unknown): EventSubscription {
  const subscription = result as EventSubscription | null | undefined;
  if (typeof subscription?.unsubscribe !== "function" || !isPromiseLike(subscription.ready)) {
    throw violation("subscribe returns a subscription directly", call, "a subscription", result);
  }
  return {
    get pattern() {
      return subscription.pattern;
    },
    get ready() {
      return callAsync(describePart(call, "ready"), tracker, () => subscription.ready) as Promise<void>;
    },
    get dropped() {
      return subscription.dropped;
    },
    unsubscribe: () =>
      callAsync(describePart(call, "unsubscribe()"), tracker, () => subscription.unsubscribe()) as Promise<void>,
    [Symbol.asyncDispose]: () =>
      callAsync(describePart(call, "asyncDispose()"), tracker, () =>
        subscription[Symbol.asyncDispose](),
      ) as Promise<void>,
    [Symbol.asyncIterator]: () => {
      // This may throw, because a subscription can be iterated only once.
      const iterator = tracker.called(call, () => subscription[Symbol.asyncIterator]());
      return instrumentIterator(call, tracker, iterator) as ReturnType<EventSubscription[typeof Symbol.asyncIterator]>;
    },
  };
}
