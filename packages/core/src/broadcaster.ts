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
  readonly eventTypes?: readonly Type[];
  /** Only events of this actor. */
  readonly actorId?: string;
  /** Only events of actors whose id begins so. */
  readonly actorIdPrefix?: string;
  /** Only events for which it returns true. Runs before an event is buffered. */
  readonly filter?: (event: EventOfType<E, Type>) => boolean;
  /**
   * How many events may wait to be taken.
   * @default 1024
   */
  readonly bufferSize?: number;
  /**
   * What to do with the event that finds the buffer full: drop the oldest that waits, drop the new one, or end the
   * subscription with an error.
   * @default "drop-oldest"
   */
  readonly overflow?: "drop-oldest" | "drop-newest" | "error";
}

/** A standing interest in events. It buffers from the call that made it. */
export interface Subscription extends AsyncDisposable {
  readonly pattern: string;
  /** Resolves when everything that is published from now on, by anyone, reaches the subscription. */
  readonly ready: Promise<void>;
  /** How many events did not fit into the buffer, or were discarded by `unsubscribe()`. */
  readonly dropped: number;
  unsubscribe(): Promise<void>;
}

/** A subscription that is read with `for await`, once. */
export interface EventSubscription<out E extends Event = Event> extends Subscription, AsyncIterable<E> {}

/** {@link SubscribeOptions} of a subscription with a handler. */
export interface HandlerOptions<E extends Event = Event, Type extends E["eventType"] = E["eventType"]>
  extends SubscribeOptions<E, Type> {
  /** Hears what the handler threw or rejected with. The subscription goes on. */
  readonly onError?: (error: unknown, event: EventOfType<E, Type>) => void;
}

/**
 * Tells others what happened, by namespaces: `publish("tenant-a.orders", event)`. Patterns are those of NATS: tokens
 * between dots, `*` for exactly one, `>` at the end for one or more. Delivery is at most once.
 */
export interface EventBroadcaster<out E extends Event = Event> extends AsyncDisposable {
  /**
   * Publishes an event to everyone whose pattern matches the namespace.
   *
   * @throws `AETHER_INVALID_NAMESPACE` for an empty token, a wildcard, white space, control characters or too long a name
   * @throws `AETHER_INVALID_EVENT`, `AETHER_BROADCASTER_CLOSED`
   */
  publish(namespace: string, event: NoInfer<E>, options?: CallOptions): Promise<void>;

  /** Subscribes at once; what is published from now on waits in the buffer until the loop takes it. */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    options?: SubscribeOptions<E, Type>,
  ): EventSubscription<EventOfType<E, Type>>;

  /** Subscribes a handler. Its calls do not overlap: the next event waits for the promise that it returned. */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    onEvent: (event: EventOfType<E, Type>) => void | Promise<void>,
    options?: HandlerOptions<E, Type>,
  ): Subscription;

  /** How many subscriptions there are here, of exactly this pattern or, without one, of all. */
  subscriberCount(pattern?: string): number;

  /** Ends every subscription and refuses what comes later. Calling it again is allowed. */
  close(): Promise<void>;
}
