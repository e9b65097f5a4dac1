/// <reference lib="esnext.disposable" preserve="true" />
import type { Event, EventOfType } from "./event.ts";
import type { CallOptions } from "./store.ts";

/** Events that a subscription receives, and the behaviour when they arrive faster than they are consumed. */
export interface SubscribeOptions<E extends Event = Event, Type extends E["eventType"] = E["eventType"]>
  extends CallOptions {
  /**
   * Types of the events to receive.
   * @default every type
   */
  readonly eventTypes?: readonly Type[] | undefined;
  /**
   * Actor of the events to receive.
   * @default every actor
   */
  readonly actorId?: string | undefined;
  /**
   * Beginning of the actor ids of the events to receive.
   * @default every actor
   */
  readonly actorIdPrefix?: string | undefined;
  /**
   * Function that returns true for the events to receive. It runs before an event is buffered.
   * @default every event
   */
  readonly filter?: ((event: EventOfType<E, Type>) => boolean) | undefined;
  /**
   * Maximum number of events that wait in the buffer.
   * @default 1024
   */
  readonly bufferSize?: number | undefined;
  /**
   * Behaviour when an event arrives and the buffer is full: drop the oldest waiting event, drop the new one, or deliver
   * the waiting events and then end the subscription with `AETHER_SUBSCRIPTION_OVERFLOW`.
   * @default "drop-oldest"
   */
  readonly overflow?: "drop-oldest" | "drop-newest" | "error" | undefined;
}

/**
 * A subscription to events. It buffers events from the call of `subscribe` until it ends: by `unsubscribe()`, its
 * signal, an error, the end of its loop, or the end of its bus.
 */
export interface Subscription extends AsyncDisposable {
  /** Pattern of the namespaces that it receives events from. */
  readonly pattern: string;
  /**
   * Resolves once the subscription receives everything that any bus publishes from then on. Also settles if the
   * subscription ends before. A rejection that is not awaited is not reported as unhandled.
   */
  readonly ready: Promise<void>;
  /** Number of events that did not fit into the buffer, or were discarded when the subscription ended. */
  readonly dropped: number;
  /**
   * Ends the subscription and discards the events that wait. A loop that waits for the next event ends. Calling it
   * again is allowed. Never rejects.
   */
  unsubscribe(): Promise<void>;
}

/**
 * A subscription to read with `for await`, once: the second iteration throws `AETHER_SUBSCRIPTION_USED`. Leaving the
 * loop unsubscribes. If the signal is aborted, the loop throws its reason.
 */
export interface EventSubscription<out E extends Event = Event> extends Subscription, AsyncIterable<E> {}

/** {@link SubscribeOptions} of a subscription with a handler. */
export interface HandlerOptions<E extends Event = Event, Type extends E["eventType"] = E["eventType"]>
  extends SubscribeOptions<E, Type> {
  /**
   * Called with the handler's error. The subscription continues; others are unaffected.
   * @default the bus reports the error through its `onStatus`
   */
  readonly onError?: ((error: unknown, event: EventOfType<E, Type>) => void) | undefined;
}

/**
 * An event bus: delivers published events to subscribers, by namespace: `publish("tenant-a.orders", event)`. Patterns
 * follow the rules of NATS: tokens between dots, `*` for exactly one token, `>` at the end for one or more. A namespace
 * or pattern has up to 16 tokens and 255 bytes of UTF-8; a longer one is invalid.
 *
 * Delivery is at most once, in the order in which one bus published to one namespace. Subscribers receive each event
 * deeply frozen, as it was when `publish` was called. A subscriber that is slow or throws does not affect others.
 *
 * If several things are wrong at once, a method fails with the first of: invalid input; `AETHER_BUS_CLOSED`, after
 * `close()` was called; the reason of an aborted signal. `subscribe` throws. A method that returns a promise rejects,
 * and never throws synchronously.
 */
export interface EventBroadcaster<out E extends Event = Event> extends AsyncDisposable {
  /**
   * Publishes a complete event to all subscriptions whose pattern matches the namespace.
   *
   * @throws `AETHER_INVALID_NAMESPACE` for an empty token, a wildcard, white space, control characters, a lone
   * surrogate, or a namespace that is too long
   * @throws `AETHER_INVALID_EVENT`, `AETHER_BUS_CLOSED`
   */
  publish(namespace: string, event: NoInfer<E>, options?: CallOptions): Promise<void>;

  /**
   * Subscribes immediately, to read with `for await`. Events that this bus publishes from now on wait in the buffer
   * until the loop consumes them, and so do events from other buses once the subscription is `ready`.
   *
   * @throws `AETHER_INVALID_NAMESPACE`, `AETHER_INVALID_ARGUMENT`, `AETHER_BUS_CLOSED`
   */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    options?: SubscribeOptions<E, Type>,
  ): EventSubscription<EventOfType<E, Type>>;

  /**
   * Subscribes a handler. Its calls do not overlap: the next event waits until the promise that the handler returned
   * settles.
   *
   * @throws `AETHER_INVALID_NAMESPACE`, `AETHER_INVALID_ARGUMENT`, `AETHER_BUS_CLOSED`
   */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    onEvent: (event: EventOfType<E, Type>) => void | Promise<void>,
    options?: HandlerOptions<E, Type>,
  ): Subscription;

  /** Returns the number of this bus's subscriptions with exactly this pattern or, without an argument, of all. */
  subscriberCount(pattern?: string): number;

  /**
   * Ends every subscription and rejects later calls. Loops still receive the events that wait for them. So do handlers,
   * and the promise waits until they finish. Calling it again is allowed. Never rejects.
   */
  close(): Promise<void>;
}
