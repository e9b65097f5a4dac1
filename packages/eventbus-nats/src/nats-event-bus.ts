import {
  AbstractEventBus,
  type LocalSubscription,
  type Report,
  type SubscriptionSource,
  settledWithin,
} from "@aether/bus-kit";
import { abortable, BusClosedError, type CallOptions, type Event } from "@aether/core";
import { type ClientStatus, checkConnection, type NatsConnection } from "@aether/nats";
import { newBusId } from "./bus-id.ts";
import type { NatsBusMetrics, NatsCounters } from "./metrics.ts";
import { type NatsEventBusOptions, type QueueGroupOption, queueGroupOf, resolveOptions } from "./options.ts";
import { Publisher } from "./publish/publisher.ts";
import { QueueMembers } from "./receive/queue-members.ts";
import { SharedPatterns } from "./receive/shared-patterns.ts";
import { checkEcho } from "./server/check-echo.ts";
import { ServerLink } from "./server/server-link.ts";
import type { NatsBusStatus } from "./status.ts";
import { namespaceOf } from "./subjects.ts";

/**
 * An event bus for several processes, on core NATS.
 *
 * The subscriptions of this bus receive its events immediately, except in queue groups. All other buses receive them
 * through the server. The application opens the connection, may use it for other purposes, and closes it after the bus.
 *
 * @example
 * ```ts
 * const bus = new NatsEventBus<OrderEvent>(await connect({ servers }));
 * bus.subscribe("orders.>", (event) => console.log(event.eventType));
 * await bus.publish("orders.eu", event);
 * ```
 */
export class NatsEventBus<out E extends Event = Event> extends AbstractEventBus<E, QueueGroupOption> {
  readonly #prefix: string;
  readonly #report: Report<NatsBusStatus>;
  readonly #natsCounters: NatsCounters = { missed: 0, rejected: 0, unconfirmed: 0 };
  readonly #link: ServerLink;
  readonly #publisher: Publisher;
  readonly #sharedPatterns: SharedPatterns;
  readonly #queueMembers: QueueMembers;

  /**
   * @param connection - a connection from `nats` (2.29 or a later 2.x) or from `@nats-io/transport-node` (3.4 or a
   * later 3.x), without the option `noEcho`; the application closes it
   * @throws `AETHER_INVALID_ARGUMENT`
   */
  constructor(connection: NatsConnection, options: NatsEventBusOptions = {}) {
    const resolved = resolveOptions(options);
    const { prefix, holdUpTo, report } = resolved;
    checkConnection(connection);
    checkEcho(connection);
    super(resolved);
    this.#prefix = prefix;
    this.#report = report;
    this.#link = new ServerLink(connection, {
      onStatus: (status) => this.#onStatus(status),
      onClosed: (cause) => this.#onConnectionClosed(cause),
    });
    const context = {
      busId: newBusId(),
      prefix,
      link: this.#link,
      hub: this.hub,
      natsCounters: this.#natsCounters,
      report,
    };
    this.#publisher = new Publisher(context, holdUpTo);
    this.#sharedPatterns = new SharedPatterns(context, this.registry);
    this.#queueMembers = new QueueMembers(context);
  }

  /** Counters of this bus since it was created, and gauges. Every access returns a new plain object. */
  override get metrics(): NatsBusMetrics {
    return { ...this.hub.metrics(), ...this.#natsCounters, held: this.#publisher.heldCount };
  }

  /**
   * Publishes a complete event to every subscription whose pattern matches the namespace. The promise resolves when the
   * server has the event. By the time the call returns the promise, the event has been sent and delivered to the
   * subscriptions of this bus, except to those in queue groups. You need not await each publish: order is kept, and
   * concurrent publishes share a round trip.
   *
   * While the connection is lost, the option `whileDisconnected` applies instead. If this method is called during the
   * delivery of an event, for example by a handler, the subscriptions of this bus receive that event first.
   *
   * @throws `AETHER_INVALID_NAMESPACE`, `AETHER_INVALID_EVENT` or `AETHER_INVALID_ARGUMENT` for invalid input
   * @throws `AETHER_EVENT_TOO_LARGE` if the event is larger than the server allows for a message
   * @throws `AETHER_BUS_DISCONNECTED` if there is no connection, or if the connection is lost or the bus is closed
   * before the server has the event
   * @throws `AETHER_BUS_PERMISSION_DENIED` if the server denies it; the subscriptions of this bus still get the event
   * @throws `AETHER_BUS_CLOSED` after `close()`, or after the connection was closed
   * @throws `signal.reason` if the signal is aborted before the server has the event
   */
  override publish(namespace: string, event: NoInfer<E>, options?: CallOptions): Promise<void> {
    return super.publish(namespace, event, options);
  }

  protected override send(namespace: string, event: Event, signal: AbortSignal | undefined): Promise<void> {
    return abortable(this.#publisher.publish(namespace, event, signal), signal);
  }

  protected override sourceFor(options: QueueGroupOption | undefined): SubscriptionSource {
    const queueGroup = queueGroupOf(options);
    return queueGroup === undefined ? this.#sharedPatterns : this.#queueMembers.sourceFor(queueGroup);
  }

  protected override onOpened(subscription: LocalSubscription): void {
    void this.#confirm([subscription]);
  }

  protected override async shutDown(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const remainingMs = (): number => Math.max(0, deadline - performance.now());
    this.#publisher.rejectHeld(new BusClosedError());
    if (this.#link.isConnected) {
      const drained = Promise.allSettled([this.#queueMembers.drain(), this.#link.confirmed()]);
      await settledWithin(remainingMs(), drained);
    }
    await super.shutDown(remainingMs());
    this.#link.close();
  }

  /** Confirms subscriptions once the server has them. Returns false if the connection is lost first. */
  async #confirm(subscriptions: readonly LocalSubscription[]): Promise<boolean> {
    try {
      await this.#link.confirmed();
    } catch {
      return false; // The subscriptions are confirmed after the reconnect.
    }
    for (const subscription of subscriptions) subscription.confirm();
    return true;
  }

  async #onReconnected(): Promise<void> {
    this.#publisher.releaseHeld();
    // The client has sent its subscriptions again. Events from other buses arrive once the server has them.
    if (await this.#confirm(this.hub.subscriptions())) this.#report({ type: "reconnected" });
  }

  #onStatus(status: ClientStatus): void {
    switch (status.type) {
      case "disconnected":
        this.#report({ type: "disconnected" });
        return;
      case "reconnected":
        void this.#onReconnected();
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

  /** Reports a denied subject of this bus. Denied subjects of other users of the connection are ignored. */
  #reportDenied(operation: "publish" | "subscribe", subject: string, cause: unknown): void {
    if (!subject.startsWith(`${this.#prefix}.`)) return;
    const namespace = namespaceOf(this.#prefix, subject);
    this.#report({ type: "permission-denied", operation, namespace, subject, cause });
  }

  #onConnectionClosed(cause: unknown): void {
    this.fail(cause);
    this.#publisher.rejectHeld(cause);
    this.#report({ type: "connection-closed", cause });
  }
}
