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
 * Base class of event buses. It checks every call in the order that the contract requires, delivers published events to
 * the subscriptions of this bus, and opens, counts and closes these. A subclass sends events to other processes.
 *
 * `ExtraOptions` are the options of `subscribe` that a bus accepts in addition to those of the contract.
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
  /** The subscriptions that receive every event published on this bus if their pattern matches. */
  protected readonly registry: PatternRegistry = new PatternRegistry();
  readonly #drainTimeoutMs: number;
  #closed: { readonly cause?: unknown } | undefined;
  #closing: Promise<void> | undefined;

  constructor({ report, drainTimeoutMs }: ResolvedBusOptions<SubscriptionStatus>) {
    this.hub = new SubscriptionHub(report);
    this.#drainTimeoutMs = drainTimeoutMs;
  }

  /** Counters of this bus since it was created, and its present state. Every access creates a new plain object. */
  get metrics(): BusMetrics {
    return this.hub.metrics();
  }

  /**
   * Publishes a complete event to every subscription whose pattern matches the namespace. When the call returns, the
   * subscriptions of this bus have the event: it is in their buffers, or their handlers have been called. The promise
   * resolves when the event has also been sent to other processes, if there are any.
   *
   * @throws `AETHER_INVALID_NAMESPACE`, `AETHER_INVALID_EVENT` or `AETHER_INVALID_ARGUMENT` for invalid input
   * @throws `AETHER_BUS_CLOSED` after `close()`
   * @throws `signal.reason` if the signal is aborted
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
   * Subscribes to every namespace that matches a pattern. The subscription buffers events from this call on. Read them
   * with `for await`; leaving the loop unsubscribes.
   *
   * @throws `AETHER_INVALID_NAMESPACE` or `AETHER_INVALID_ARGUMENT` for invalid input
   * @throws `AETHER_BUS_CLOSED` after `close()`
   * @throws `signal.reason` if the signal is already aborted
   */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    options?: SubscribeOptions<E, Type> & ExtraOptions,
  ): EventSubscription<EventOfType<E, Type>>;

  /**
   * Subscribes a handler to every namespace that matches a pattern. Calls of the handler do not overlap: events wait in
   * the buffer until the promise that it returned has settled.
   *
   * @throws `AETHER_INVALID_NAMESPACE` or `AETHER_INVALID_ARGUMENT` for invalid input
   * @throws `AETHER_BUS_CLOSED` after `close()`
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

  /** Returns the number of open subscriptions of this bus: to exactly this pattern, or in total without a pattern. */
  subscriberCount(pattern?: string): number {
    return this.hub.count(pattern);
  }

  /**
   * Closes the bus: ends every subscription and rejects later calls. Loops can still consume the events in their
   * buffers. The bus waits for handlers to consume theirs, and before that for events in flight from and to other
   * processes, if there are any. After `drainTimeoutMs` in all, the remaining events are dropped. Calling it again has
   * no effect. Never rejects.
   */
  close(): Promise<void> {
    // Before anything else: handlers that are still running can no longer publish.
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
   * it to the subscriptions of this bus. If this throws synchronously, `publish` rejects and nothing is delivered.
   *
   * @throws any error of `publish`, such as `AETHER_EVENT_TOO_LARGE`
   */
  protected abstract send(namespace: string, event: Event, signal: AbortSignal | undefined): Promise<void>;

  /**
   * Returns the source of a new subscription. The default is the bus's registry. Override it to read `ExtraOptions`.
   *
   * @throws `AETHER_INVALID_ARGUMENT`
   */
  protected sourceFor(_options: ExtraOptions | undefined): SubscriptionSource {
    return this.registry;
  }

  /**
   * Called with each new subscription. The default confirms it. Override it to do so only once events from other
   * processes reach the subscription.
   */
  protected onOpened(subscription: LocalSubscription): void {
    subscription.confirm();
  }

  /**
   * Ends every subscription and waits for their handlers, up to the given number of milliseconds. Called once, by the
   * first `close()`. Extend it to close the resources of the subclass. Never rejects.
   */
  protected shutDown(timeoutMs: number): Promise<void> {
    return this.hub.close(timeoutMs);
  }

  /** Closes a bus that can no longer work, for example without its connection. Its subscriptions end with an error. */
  protected fail(cause: unknown): void {
    this.#closed ??= { cause };
    this.hub.fail(new BusClosedError({ cause }));
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw new BusClosedError(this.#closed);
  }
}
