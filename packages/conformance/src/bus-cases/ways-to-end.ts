import type { EventSubscription, Subscription } from "@aether/core";
import { type WatchedSignal, watchedSignal } from "../samples/watched-signal.ts";
import type { BusCaseContext } from "../suite/bus-case.ts";

/** The reason with which cases abort signals. */
export const reason: Error = new Error("enough");

/** A subscription, the signal that it was created with, and the events that its handler got. */
export interface Endable {
  readonly subscription: Subscription;
  readonly signal: WatchedSignal;
  /** The events that a loop takes; `undefined` for a subscription with a handler. */
  readonly loop: EventSubscription | undefined;
  /** The versions that the handler got. Empty for a loop. */
  readonly handled: readonly number[];
}

/** Subscribes a loop or a handler to `pattern`, with a signal of its own. */
export function endable({ subscriber }: BusCaseContext, kind: "loop" | "handler", pattern: string): Endable {
  const signal = watchedSignal();
  const handled: number[] = [];
  if (kind === "loop") {
    const loop = subscriber.subscribe(pattern, { signal: signal.signal });
    return { subscription: loop, signal, loop, handled };
  }
  const record = ({ version }: { readonly version: number }): void => void handled.push(version);
  return {
    subscription: subscriber.subscribe(pattern, record, { signal: signal.signal }),
    signal,
    loop: undefined,
    handled,
  };
}

export interface WayToEnd {
  readonly name: string;
  end(ending: Pick<Endable, "subscription" | "signal">): Promise<void>;
}

/** The ways to end a subscription with a loop or with a handler, other than to close its bus. */
export const waysToEnd: readonly WayToEnd[] = [
  { name: "unsubscribe()", end: ({ subscription }) => subscription.unsubscribe() },
  { name: "disposing it", end: async ({ subscription }) => subscription[Symbol.asyncDispose]() },
  { name: "aborting its signal", end: async ({ signal }) => signal.abort(reason) },
];
