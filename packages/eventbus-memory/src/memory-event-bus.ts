import {
  type BusMetrics,
  type BusOptions,
  PatternRegistry,
  publishedEvent,
  readSubscribeArguments,
  reportTo,
  resolveBusOptions,
  SubscriptionHub,
  type SubscriptionStatus,
} from "@aether/bus-kit";
import {
  BusClosedError,
  type CallOptions,
  type Event,
  type EventBroadcaster,
  type EventOfType,
  type EventSubscription,
  type HandlerOptions,
  type SubscribeOptions,
  type Subscription,
} from "@aether/core";
import { readSignal } from "@aether/store-kit";

/** How a bus in memory is made. */
export type MemoryEventBusOptions = BusOptions<SubscriptionStatus>;

/** One promise for every publish that went well: there is nothing in it to tell apart. */
const published: Promise<void> = Promise.resolve();

/**
 * An event bus inside the process.
 *
 * `publish` hands the event to every subscription that matches before it returns: into the buffer of a loop, to a handler
 * that is idle, into the buffer of one that is busy.
 *
 * @example
 * ```ts
 * const bus = new MemoryEventBus<OrderEvent>();
 * bus.subscribe("orders.>", (event) => console.log(event.eventType));
 * await bus.publish("orders.eu", event);
 * ```
 */
export class MemoryEventBus<out E extends Event = Event> implements EventBroadcaster<E> {
  readonly #hub: SubscriptionHub;
  readonly #registry = new PatternRegistry();
  readonly #drainTimeoutMs: number;
  #isClosed = false;
  #closing: Promise<void> | undefined;

  /** @throws `AETHER_INVALID_ARGUMENT` */
  constructor(options: MemoryEventBusOptions = {}) {
    const { onStatus, drainTimeoutMs } = resolveBusOptions(options);
    this.#hub = new SubscriptionHub(reportTo(onStatus));
    this.#drainTimeoutMs = drainTimeoutMs;
  }

  /** What the bus has counted so far, and what is there now: a plain object, made at each reading. */
  get metrics(): BusMetrics {
    return this.#hub.metrics();
  }

  /** See `EventBroadcaster.publish`. */
  publish(namespace: string, event: NoInfer<E>, options?: CallOptions): Promise<void> {
    try {
      const subscribers = this.#registry.matching(namespace);
      const complete = publishedEvent(event);
      const signal = readSignal(options);
      if (this.#isClosed) throw new BusClosedError();
      signal?.throwIfAborted();
      this.#hub.counters.published++;
      this.#hub.deliver(subscribers, complete);
      return published;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** See `EventBroadcaster.subscribe`. */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    options?: SubscribeOptions<E, Type>,
  ): EventSubscription<EventOfType<E, Type>>;
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    onEvent: (event: EventOfType<E, Type>) => void | Promise<void>,
    options?: HandlerOptions<E, Type>,
  ): Subscription;
  subscribe(pattern: string, second?: unknown, third?: unknown): Subscription {
    const request = readSubscribeArguments(pattern, second, third);
    if (this.#isClosed) throw new BusClosedError();
    const subscription = this.#hub.open(request, this.#registry);
    subscription.confirm();
    return subscription;
  }

  /** See `EventBroadcaster.subscriberCount`. */
  subscriberCount(pattern?: string): number {
    return this.#hub.count(pattern);
  }

  /**
   * Ends every subscription: loops still get what waits for them, and so do handlers, for which it waits, up to
   * `drainTimeoutMs`. Refuses what comes later. Calling it again is allowed.
   */
  close(): Promise<void> {
    // Set first: a handler that is still run refuses to publish, too.
    this.#isClosed = true;
    this.#closing ??= this.#hub.close(this.#drainTimeoutMs);
    return this.#closing;
  }

  /** Closes it, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}
