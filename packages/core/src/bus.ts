/// <reference lib="esnext.disposable" preserve="true" />
import type { Event, EventOfType } from "./event.ts";
import type { CallOptions } from "./store.ts";

/** Subscription options: the events to receive, and the action if they arrive faster than they are consumed. */
export interface SubscribeOptions<E extends Event = Event, Type extends E["eventType"] = E["eventType"]>
  extends CallOptions {
  /**
   * Types of the events to receive, at least one.
   * @default every type
   */
  readonly eventTypes?: readonly Type[] | undefined;
  /**
   * Id of the actor whose events the subscription receives.
   * @default every actor
   */
  readonly actorId?: string | undefined;
  /**
   * Prefix of the ids of the actors whose events the subscription receives.
   * @default every actor
   */
  readonly actorIdPrefix?: string | undefined;
  /**
   * Function that returns true for the events to receive. Called before an event is buffered, once for each event that
   * passes the other filters.
   * @default every event
   */
  readonly filter?: ((event: EventOfType<E, Type>) => boolean) | undefined;
  /**
   * Maximum number of events in the buffer.
   * @default 1024
   */
  readonly bufferSize?: number | undefined;
  /**
   * Action when an event arrives while the buffer is full. `"drop-oldest"` drops the oldest event in the buffer, and
   * `"drop-newest"` the event that arrived. `"error"` delivers the events in the buffer and then ends the subscription
   * with `AETHER_SUBSCRIPTION_OVERFLOW`.
   * @default "drop-oldest"
   */
  readonly overflow?: "drop-oldest" | "drop-newest" | "error" | undefined;
}

/**
 * A subscription to events. It buffers events from the call to `subscribe` until it ends. It ends when `unsubscribe()`
 * is called, its signal is aborted, its `for await` loop ends, its bus is closed, or an error occurs. After it has
 * ended, no event is added to its buffer, and it has no listener on its signal. After `unsubscribe()` was called or the
 * signal was aborted, its handler is not called again.
 */
export interface Subscription extends AsyncDisposable {
  /** Pattern of the namespaces whose events the subscription receives. */
  readonly pattern: string;
  /**
   * Resolves once the subscription receives the events that other buses publish, not only those from its own bus.
   * Settles even if the subscription ends first. You can ignore a rejection: it is never reported as unhandled.
   */
  readonly ready: Promise<void>;
  /** Number of events that did not fit into the buffer, or were discarded when the subscription ended. */
  readonly dropped: number;
  /**
   * Ends the subscription and discards the events in the buffer. A `for await` loop that is waiting for the next event
   * ends. Can be called more than once. Never rejects.
   */
  unsubscribe(): Promise<void>;
}

/**
 * A subscription whose events you read with a `for await` loop. It can be iterated only once: a second iteration throws
 * `AETHER_SUBSCRIPTION_USED`. Leaving the loop unsubscribes. If the signal is aborted, the loop throws `signal.reason`.
 */
export interface EventSubscription<out E extends Event = Event> extends Subscription, AsyncIterable<E> {}

/** {@link SubscribeOptions} and an error handler, for a subscription that calls a handler with each event. */
export interface HandlerOptions<E extends Event = Event, Type extends E["eventType"] = E["eventType"]>
  extends SubscribeOptions<E, Type> {
  /**
   * Called with each error that the handler throws, and with the event. The subscription continues, and other
   * subscriptions are not affected.
   * @default the bus reports the error through its `onStatus`
   */
  readonly onError?: ((error: unknown, event: EventOfType<E, Type>) => void) | undefined;
}

/**
 * An event bus. It delivers each published event to the subscriptions whose pattern matches the namespace of the event:
 * `publish("tenant-a.orders", event)`.
 *
 * Patterns follow the rules of NATS: dots separate tokens, `*` matches exactly one token, and `>` at the end matches
 * one or more. A namespace or pattern may have up to 16 tokens and 255 bytes of UTF-8; a longer one is invalid.
 *
 * A subscription receives each event at most once. Events that one bus publishes to one namespace arrive in the order
 * in which they were published. Received events are deeply frozen, with the content that they had when `publish` was
 * called. A subscriber that is slow or throws does not affect other subscribers. Options are read when a method is
 * called, so later changes to the object have no effect.
 *
 * If a call has several problems, it fails with the first of these errors:
 * - the error for the invalid input;
 * - `AETHER_BUS_CLOSED`: `close()` was already called;
 * - `signal.reason`: the signal is already aborted.
 *
 * `subscribe` throws these errors. Methods that return a promise reject with them and never throw synchronously. A bus
 * leaves no other rejection unhandled. After `publish` has settled, it has no listener on its signal.
 */
export interface EventBroadcaster<out E extends Event = Event> extends AsyncDisposable {
  /**
   * Publishes a complete event to all subscriptions whose pattern matches the namespace.
   *
   * @throws `AETHER_INVALID_NAMESPACE` if the namespace contains an empty token, a wildcard, white space, a control
   * character or a lone surrogate, or is too long
   * @throws `AETHER_INVALID_EVENT`, `AETHER_INVALID_ARGUMENT`, `AETHER_BUS_CLOSED`, `signal.reason`
   */
  publish(namespace: string, event: NoInfer<E>, options?: CallOptions): Promise<void>;

  /**
   * Subscribes immediately. Read the events with a `for await` loop; until then, they wait in the buffer. The
   * subscription receives the events that this bus publishes from now on. It receives events from other buses once it
   * is `ready`.
   *
   * @throws `AETHER_INVALID_NAMESPACE`, `AETHER_INVALID_ARGUMENT`, `AETHER_BUS_CLOSED`, `signal.reason`
   */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    options?: SubscribeOptions<E, Type>,
  ): EventSubscription<EventOfType<E, Type>>;

  /**
   * Subscribes immediately and calls a handler with each event. Calls to the handler do not overlap: if it returns a
   * promise, the next event waits until the promise settles.
   *
   * @throws `AETHER_INVALID_NAMESPACE`, `AETHER_INVALID_ARGUMENT`, `AETHER_BUS_CLOSED`, `signal.reason`
   */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    onEvent: (event: EventOfType<E, Type>) => void | Promise<void>,
    options?: HandlerOptions<E, Type>,
  ): Subscription;

  /** Counts the subscriptions on this bus that have exactly this pattern or, without an argument, all of them. */
  subscriberCount(pattern?: string): number;

  /**
   * Ends every subscription. Later calls to `publish` and `subscribe` fail with `AETHER_BUS_CLOSED`. Events that are
   * already in a buffer are still delivered to loops and handlers. Resolves after the handlers have finished, including
   * those of subscriptions that ended earlier, so a handler must not wait for it. Afterwards, no timer of the bus keeps
   * the process running. Can be called more than once: every call resolves only when the bus is closed. Never rejects.
   */
  close(): Promise<void>;
}
