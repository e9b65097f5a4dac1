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
import type { ResolvedBusOptions } from "./bus-options.ts";
import type { LocalSubscription } from "./local-subscription.ts";
import type { BusMetrics } from "./metrics.ts";
import { PatternRegistry } from "./pattern-registry.ts";
import { publishedEvent } from "./published-event.ts";
import type { SubscriptionStatus } from "./status.ts";
import { SubscriptionHub, type SubscriptionSource } from "./subscription-hub.ts";
import { readSubscribeArguments } from "./subscription-request.ts";

/**
 * Base class of event buses. It checks every call in the order that the contract requires, and delivers published
 * events to the subscriptions of this bus. It also opens, counts and closes these subscriptions. A subclass sends
 * events to other processes.
 *
 * `ExtraOptions` is the type of the `subscribe` options that a bus accepts in addition to those of the contract.
 *
 * @example
 * ```ts
 * class ProcessBus extends AbstractEventBus {
 *   protected override async send(): Promise<void> {} // there is no other process
 * }
 * const bus = new ProcessBus(resolveBusOptions({}));
 * ```
 */
export abstract class AbstractEventBus<out E extends Event = Event, ExtraOptions = unknown>
  implements EventBroadcaster<E>
{
  /** All subscriptions of this bus. */
  protected readonly hub: SubscriptionHub;
  /** The subscriptions that receive each event published on this bus to a namespace that matches their pattern. */
  protected readonly registry: PatternRegistry = new PatternRegistry();
  readonly #drainTimeoutMs: number;
  #closed: { readonly cause?: unknown } | undefined;
  #closing: Promise<void> | undefined;

  constructor({ report, drainTimeoutMs }: ResolvedBusOptions<SubscriptionStatus>) {
    this.hub = new SubscriptionHub(report);
    this.#drainTimeoutMs = drainTimeoutMs;
  }

  /** Counters of this bus since it was created, and gauges. Every access returns a new plain object. */
  get metrics(): BusMetrics {
    return this.hub.metrics();
  }

  /**
   * Publishes a complete event to every subscription whose pattern matches the namespace. By the time the call returns
   * its promise, the event is in the buffers of this bus's subscriptions, or their handlers have been called. The
   * promise resolves when the event has also been sent to other processes, if there are any. If this method is
   * called during the delivery of an event, for example by a handler, that event reaches every subscription first.
   *
   * @throws `AETHER_INVALID_NAMESPACE`, `AETHER_INVALID_EVENT` or `AETHER_INVALID_ARGUMENT` for invalid input
   * @throws `AETHER_BUS_CLOSED` after `close()`, or if the bus has failed
   * @throws `signal.reason` if the signal is aborted, and the errors of the bus that extends this class
   */
  publish(namespace: string, event: NoInfer<E>, options?: CallOptions): Promise<void> {
    try {
      const subscribers = this.registry.matching(namespace);
      const complete = publishedEvent(event);
      const signal = readSignal(options);
      this.#checkOpen();
      signal?.throwIfAborted();
      const sent = this.send(namespace, complete, signal);
      this.hub.deliver(subscribers, complete);
      return sent;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Subscribes to every namespace that matches a pattern. The subscription buffers events from this call on. Read the
   * events with a `for await` loop. When the loop ends, for example with `break`, the subscription ends too.
   *
   * @throws `AETHER_INVALID_NAMESPACE` or `AETHER_INVALID_ARGUMENT` for invalid input
   * @throws `AETHER_BUS_CLOSED` after `close()`, or if the bus has failed
   * @throws `signal.reason` if the signal is already aborted
   */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    options?: SubscribeOptions<E, Type> & ExtraOptions,
  ): EventSubscription<EventOfType<E, Type>>;

  /**
   * Subscribes a handler to every namespace that matches a pattern. Calls to the handler do not overlap: if the handler
   * returns a promise, later events wait in the buffer until the promise has settled.
   *
   * @throws `AETHER_INVALID_NAMESPACE` or `AETHER_INVALID_ARGUMENT` for invalid input
   * @throws `AETHER_BUS_CLOSED` after `close()`, or if the bus has failed
   * @throws `signal.reason` if the signal is already aborted
   */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    onEvent: (event: EventOfType<E, Type>) => void | Promise<void>,
    options?: HandlerOptions<E, Type> & ExtraOptions,
  ): Subscription;

  subscribe(pattern: string, second?: unknown, third?: unknown): Subscription {
    const request = readSubscribeArguments(pattern, second, third);
    const source = this.sourceFor((request.handler === undefined ? second : third) as ExtraOptions | undefined);
    this.#checkOpen();
    const subscription = this.hub.open(request, source);
    this.onOpened(subscription);
    return subscription;
  }

  /**
   * Returns the number of open subscriptions to exactly this pattern, or of all open subscriptions without a pattern.
   */
  subscriberCount(pattern?: string): number {
    return this.hub.count(pattern);
  }

  /**
   * Closes the bus: ends every subscription and rejects later calls. A bus for several processes first waits for events
   * in flight. Then the bus waits until handlers have consumed the events in their buffers. It waits up to
   * `drainTimeoutMs` in total, and then drops the events that still wait for handlers. `for await` loops can still
   * consume their buffered events. Calling it again has no effect. Never rejects.
   */
  close(): Promise<void> {
    // Set first, so that handlers that are still running can no longer publish.
    this.#closed ??= {};
    this.#closing ??= this.shutDown(this.#drainTimeoutMs);
    return this.#closing;
  }

  /** Closes the bus, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Sends a checked event to other processes, and counts it in `hub.counters.published`. The base class then delivers
   * the event to the subscriptions of this bus. If `send` throws synchronously, `publish` rejects and nothing is
   * delivered.
   *
   * @throws any error that `publish` may reject with, such as `AETHER_EVENT_TOO_LARGE`
   */
  protected abstract send(namespace: string, event: Event, signal: AbortSignal | undefined): Promise<void>;

  /**
   * Returns the source of events for a new subscription. By default, this is the registry of the bus. Override this
   * method to read `ExtraOptions`.
   *
   * @throws `AETHER_INVALID_ARGUMENT`
   */
  protected sourceFor(_options: ExtraOptions | undefined): SubscriptionSource {
    return this.registry;
  }

  /**
   * Called with each new subscription. By default, it confirms the subscription immediately. Override this method to
   * confirm the subscription once events from other processes reach it.
   */
  protected onOpened(subscription: LocalSubscription): void {
    subscription.confirm();
  }

  /**
   * Ends every subscription and waits for handlers, up to the given number of milliseconds. The first call to `close()`
   * calls this method. Override it to also close the resources of the subclass. Never rejects, and an override must not
   * reject either.
   */
  protected shutDown(timeoutMs: number): Promise<void> {
    return this.hub.close(timeoutMs);
  }

  /** Closes a bus that can no longer work, for example without its connection. Subscriptions end with an error. */
  protected fail(cause: unknown): void {
    this.#closed ??= { cause };
    this.hub.fail(new BusClosedError({ cause }));
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new BusClosedError(this.#closed);
  }
}
