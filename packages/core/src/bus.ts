/// <reference lib="esnext.disposable" preserve="true" />
import type { Event, EventOfType } from "./event.ts";
import type { CallOptions } from "./store.ts";

/** Which events a subscription takes, and what it does when they come faster than they are taken. */
export interface SubscribeOptions<E extends Event = Event, Type extends E["eventType"] = E["eventType"]>
  extends CallOptions {
  /**
   * Only events of these types.
   * @default every type
   */
  readonly eventTypes?: readonly Type[] | undefined;
  /**
   * Only events of this actor.
   * @default every actor
   */
  readonly actorId?: string | undefined;
  /**
   * Only events of actors whose id begins so.
   * @default every actor
   */
  readonly actorIdPrefix?: string | undefined;
  /**
   * Only events for which it returns true. Runs before an event is buffered.
   * @default every event
   */
  readonly filter?: ((event: EventOfType<E, Type>) => boolean) | undefined;
  /**
   * How many events may wait to be taken.
   * @default 1024
   */
  readonly bufferSize?: number | undefined;
  /**
   * What to do with the event that finds the buffer full: drop the oldest that waits, drop the new one, or end the
   * subscription with `AETHER_SUBSCRIPTION_OVERFLOW`, behind what waits.
   * @default "drop-oldest"
   */
  readonly overflow?: "drop-oldest" | "drop-newest" | "error" | undefined;
}

/**
 * A standing interest in events. It buffers from the call that made it, until `unsubscribe()`, its signal, an error, the end
 * of its loop or the end of its bus.
 */
export interface Subscription extends AsyncDisposable {
  /** What was subscribed to. */
  readonly pattern: string;
  /**
   * Resolves when everything that is published from now on, by anyone, reaches the subscription. Settles in any case when
   * the subscription ends before; it is no unhandled rejection if nobody waits for it.
   */
  readonly ready: Promise<void>;
  /** How many events did not fit into the buffer, or were discarded when the subscription ended. */
  readonly dropped: number;
  /** Ends it and discards what waits. A loop that waits ends. Calling it again is allowed. Never rejects. */
  unsubscribe(): Promise<void>;
}

/**
 * A subscription that is read with `for await`, once: the second time throws `AETHER_SUBSCRIPTION_USED`. Leaving the loop
 * unsubscribes. When the signal is aborted, the loop gets its reason.
 */
export interface EventSubscription<out E extends Event = Event> extends Subscription, AsyncIterable<E> {}

/** {@link SubscribeOptions} of a subscription with a handler. */
export interface HandlerOptions<E extends Event = Event, Type extends E["eventType"] = E["eventType"]>
  extends SubscribeOptions<E, Type> {
  /**
   * Hears what the handler threw or rejected with. The subscription goes on, and nobody else notices.
   * @default the bus's `onStatus` hears of it
   */
  readonly onError?: ((error: unknown, event: EventOfType<E, Type>) => void) | undefined;
}

/**
 * Tells others what happened, by namespaces: `publish("tenant-a.orders", event)`. Patterns are those of NATS: tokens
 * between dots, `*` for exactly one, `>` at the end for one or more. A namespace or a pattern has up to 16 tokens and 255
 * bytes of UTF-8.
 *
 * Delivery is at most once, in the order in which one bus published to one namespace. Events are delivered deeply frozen, and
 * as they were at the call of `publish`. A subscriber that is slow, or throws, is nobody else's problem.
 *
 * Every method refuses, in this order of precedence: invalid input; then, once `close()` was called, everything
 * (`AETHER_BUS_CLOSED`); then a signal that is aborted (its reason). `subscribe` throws; what returns a promise
 * rejects, and never throws synchronously.
 */
export interface EventBroadcaster<out E extends Event = Event> extends AsyncDisposable {
  /**
   * Publishes a complete event to everyone whose pattern matches the namespace.
   *
   * @throws `AETHER_INVALID_NAMESPACE` for an empty token, a wildcard, white space, control characters, a lone surrogate or
   * too long a name
   * @throws `AETHER_INVALID_EVENT`, `AETHER_BUS_CLOSED`
   */
  publish(namespace: string, event: NoInfer<E>, options?: CallOptions): Promise<void>;

  /**
   * Subscribes at once; what this bus publishes from now on, and all others once it is `ready`, waits in the buffer until
   * the loop takes it.
   *
   * @throws `AETHER_INVALID_NAMESPACE`, `AETHER_INVALID_ARGUMENT`, `AETHER_BUS_CLOSED`
   */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    options?: SubscribeOptions<E, Type>,
  ): EventSubscription<EventOfType<E, Type>>;

  /**
   * Subscribes a handler. Its calls do not overlap: the next event waits for the promise that it returned.
   *
   * @throws `AETHER_INVALID_NAMESPACE`, `AETHER_INVALID_ARGUMENT`, `AETHER_BUS_CLOSED`
   */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    onEvent: (event: EventOfType<E, Type>) => void | Promise<void>,
    options?: HandlerOptions<E, Type>,
  ): Subscription;

  /** How many subscriptions there are here, of exactly this pattern or, without one, of all. */
  subscriberCount(pattern?: string): number;

  /**
   * Ends every subscription and refuses what comes later. Loops still get what waits for them, and so do handlers, for which
   * it waits. Calling it again is allowed. Never rejects.
   */
  close(): Promise<void>;
}
