import {
  type LocalSubscription,
  publishedEvent,
  type Report,
  readSubscribeArguments,
  SubscriptionHub,
  settledWithin,
} from "@aether/bus-kit";
import {
  BusClosedError,
  type CallOptions,
  type Event,
  type EventBroadcaster,
  type EventOfType,
  type EventSubscription,
  type Subscription,
} from "@aether/core";
import type { ClientStatus } from "@aether/nats";
import { abortable, checkConnection, type NatsConnection } from "@aether/nats";
import { readSignal } from "@aether/store-kit";
import { newBusId } from "./bus-id.ts";
import type { NatsBusMetrics, NatsCounters } from "./metrics.ts";
import {
  type NatsEventBusOptions,
  type NatsHandlerOptions,
  type NatsSubscribeOptions,
  queueGroupOf,
  resolveOptions,
} from "./options.ts";
import { Publisher } from "./publisher.ts";
import { QueueMembers } from "./queue-members.ts";
import { ServerLink } from "./server-link.ts";
import { SharedPatterns } from "./shared-patterns.ts";
import type { NatsBusStatus } from "./status.ts";
import { namespaceOf } from "./subjects.ts";

/**
 * An event bus across processes, over core NATS.
 *
 * Subscribers in this process get what the bus publishes at once, all others through the server. `publish` resolves when
 * the server has the event; many publishes may be under way at once, and share a round trip.
 *
 * @example
 * ```ts
 * const bus = new NatsEventBus<OrderEvent>(await connect({ servers }));
 * bus.subscribe("orders.>", (event) => console.log(event.eventType));
 * await bus.publish("orders.eu", event);
 * ```
 */
export class NatsEventBus<out E extends Event = Event> implements EventBroadcaster<E> {
  readonly #prefix: string;
  readonly #drainTimeoutMs: number;
  readonly #report: Report<NatsBusStatus>;
  readonly #hub: SubscriptionHub;
  readonly #natsCounters: NatsCounters = { missed: 0, refused: 0, unconfirmed: 0 };
  readonly #link: ServerLink;
  readonly #publisher: Publisher;
  readonly #shared: SharedPatterns;
  readonly #queueMembers: QueueMembers;
  #closedBecause: { readonly cause?: unknown } | undefined;
  #closing: Promise<void> | undefined;

  /**
   * @param connection - stays the application's: the bus does not close it
   * @throws `AETHER_INVALID_ARGUMENT`
   */
  constructor(connection: NatsConnection, options: NatsEventBusOptions = {}) {
    const { prefix, holdUpTo, report, drainTimeoutMs } = resolveOptions(options);
    checkConnection(connection);
    this.#prefix = prefix;
    this.#drainTimeoutMs = drainTimeoutMs;
    this.#report = report;
    this.#hub = new SubscriptionHub(this.#report);
    this.#link = new ServerLink(connection, {
      happened: (status) => this.#happened(status),
      ended: (cause) => this.#connectionEnded(cause),
    });
    const home = {
      busId: newBusId(),
      prefix,
      holdUpTo,
      connection,
      hub: this.#hub,
      counters: this.#hub.counters,
      natsCounters: this.#natsCounters,
      report: this.#report,
    };
    this.#publisher = new Publisher(home, this.#link);
    this.#shared = new SharedPatterns(home);
    this.#queueMembers = new QueueMembers(home);
  }

  /** What the bus has counted so far, and what is there now: a plain object, made at each reading. */
  get metrics(): NatsBusMetrics {
    return { ...this.#hub.metrics(), ...this.#natsCounters, held: this.#publisher.heldCount };
  }

  /**
   * See `EventBroadcaster.publish`. Resolves when the server has the event; order is kept without waiting for that.
   *
   * @throws `AETHER_BUS_DISCONNECTED` when there is no connection, or it is lost before the server has the event
   * @throws `AETHER_BUS_PERMISSION_DENIED` when the server does not allow it; subscribers in this process have the event
   * @throws `AETHER_EVENT_TOO_LARGE` when it exceeds what the server takes in one message
   */
  publish(namespace: string, event: NoInfer<E>, options?: CallOptions): Promise<void> {
    try {
      const subscribers = this.#shared.matching(namespace);
      const complete = publishedEvent(event);
      const signal = readSignal(options);
      this.#refuseIfClosed();
      signal?.throwIfAborted();
      const confirmed = this.#publisher.publish(namespace, complete, signal);
      this.#hub.deliver(subscribers, complete);
      return abortable(confirmed, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** See `EventBroadcaster.subscribe`. */
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    options?: NatsSubscribeOptions<E, Type>,
  ): EventSubscription<EventOfType<E, Type>>;
  subscribe<const Type extends E["eventType"] = E["eventType"]>(
    pattern: string,
    onEvent: (event: EventOfType<E, Type>) => void | Promise<void>,
    options?: NatsHandlerOptions<E, Type>,
  ): Subscription;
  subscribe(pattern: string, second?: unknown, third?: unknown): Subscription {
    const request = readSubscribeArguments(pattern, second, third);
    const queueGroup = queueGroupOf(request.handler === undefined ? second : third);
    this.#refuseIfClosed();
    const source = queueGroup === undefined ? this.#shared : this.#queueMembers.of(queueGroup);
    const subscription = this.#hub.open(request, source);
    void this.#confirm([subscription]);
    return subscription;
  }

  /** See `EventBroadcaster.subscriberCount`. */
  subscriberCount(pattern?: string): number {
    return this.#hub.count(pattern);
  }

  /**
   * Waits until the server has what was published and what is under way has arrived, ends every subscription, and waits
   * for handlers to take what waits for them; for all that up to `drainTimeoutMs`. Loops still get what waits for them.
   * Refuses what comes later. Leaves the connection open. Calling it again is allowed.
   */
  close(): Promise<void> {
    this.#closedBecause ??= {};
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Closes it, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    const deadline = performance.now() + this.#drainTimeoutMs;
    const leftMs = (): number => Math.max(0, deadline - performance.now());
    this.#publisher.rejectHeld(new BusClosedError());
    if (this.#link.isUp) {
      const drained = Promise.allSettled([this.#queueMembers.drain(), this.#link.confirmed()]);
      await settledWithin(leftMs(), drained);
    }
    await this.#hub.close(leftMs());
    this.#link.close();
  }

  #refuseIfClosed(): void {
    if (this.#closedBecause !== undefined) throw new BusClosedError(this.#closedBecause);
  }

  /** Tells subscriptions when the server has them; false if the connection was lost before. */
  async #confirm(subscriptions: readonly LocalSubscription[]): Promise<boolean> {
    try {
      await this.#link.confirmed();
    } catch {
      return false; // They are told when it is back.
    }
    for (const subscription of subscriptions) subscription.confirm();
    return true;
  }

  async #cameBack(): Promise<void> {
    this.#publisher.releaseHeld();
    // The client has sent its subscriptions, but until the server has them, what others publish does not arrive.
    if (await this.#confirm(this.#hub.subscriptions())) this.#report({ type: "reconnected" });
  }

  #happened(status: ClientStatus): void {
    switch (status.type) {
      case "disconnected":
        this.#report({ type: "disconnected" });
        return;
      case "reconnected":
        void this.#cameBack();
        return;
      case "denied":
        this.#reportDenied(status.operation, status.subject, status.cause);
        return;
      case "slow-consumer":
        this.#report({ type: "slow-consumer", cause: status.cause });
        return;
      case "error":
        this.#report({ type: "server-error", cause: status.cause });
    }
  }

  /** The connection may be shared: what others in the application are denied is not the bus's. */
  #reportDenied(operation: "publish" | "subscribe", subject: string, cause: unknown): void {
    if (!subject.startsWith(`${this.#prefix}.`)) return;
    const namespace = namespaceOf(this.#prefix, subject);
    this.#report({ type: "permission-denied", operation, namespace, subject, cause });
  }

  #connectionEnded(cause: unknown): void {
    this.#closedBecause ??= { cause };
    this.#publisher.rejectHeld(cause);
    this.#hub.fail(new BusClosedError({ cause }));
    this.#report({ type: "connection-closed", cause });
  }
}
