import { BusClosedError, because } from "@aether/core";
import {
  type ClientStatus,
  type ClientSubscribeOptions,
  type ClientSubscription,
  type ConnectionListener,
  ConnectionWatch,
  type NatsConnection,
} from "@aether/nats";
import type { EncodedMessage } from "../wire.ts";
import { Confirmations, type Waiter } from "./confirmations.ts";

/** Wraps the application's connection for the bus: its state, sending with confirmation, and subscribing. */
export class ServerLink {
  readonly #connection: NatsConnection;
  readonly #watch: ConnectionWatch;
  readonly #listener: ConnectionListener;
  readonly #confirmations: Confirmations;
  #isClosed = false;
  #maxMessageBytes = Number.POSITIVE_INFINITY;

  constructor(connection: NatsConnection, listener: ConnectionListener) {
    this.#connection = connection;
    this.#listener = listener;
    this.#confirmations = new Confirmations(() => connection.flush());
    this.#watch = new ConnectionWatch(connection, {
      onStatus: (status) => this.#onStatus(status),
      onClosed: (error) => this.#onConnectionClosed(error),
    });
  }

  get isConnected(): boolean {
    return this.#watch.isConnected && !this.#isClosed;
  }

  /**
   * Maximum size of a message, including header and payload, in bytes. The latest server reported it. Infinite before
   * the first connection.
   */
  get maxMessageBytes(): number {
    this.#maxMessageBytes = this.#connection.info?.max_payload ?? this.#maxMessageBytes;
    return this.#maxMessageBytes;
  }

  /**
   * Sends a message. Its waiter is notified when the server has received it.
   *
   * @throws `AETHER_BUS_CLOSED` if the connection is closed or draining
   */
  send(subject: string, { header, payload }: EncodedMessage, waiter: Waiter): void {
    try {
      this.#connection.publish(subject, payload, { headers: { encode: () => header } });
    } catch (cause) {
      throw new BusClosedError({ cause });
    }
    this.#confirmations.wait(waiter);
  }

  /**
   * Subscribes to a subject. The client renews the subscription after a reconnect.
   *
   * @throws `AETHER_BUS_CLOSED` if the connection is closed or draining
   */
  subscribe(subject: string, options: ClientSubscribeOptions): ClientSubscription {
    try {
      return this.#connection.subscribe(subject, options);
    } catch (cause) {
      throw new BusClosedError({ cause });
    }
  }

  /** Ends a subscription, unless the connection has been closed, which also ended the subscription. */
  unsubscribe(subscription: ClientSubscription): void {
    if (!this.#connection.isClosed()) subscription.unsubscribe();
  }

  /** Resolves when the server has received every message sent before this call. Rejects if the connection is lost. */
  confirmed(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#confirmations.wait({ confirmed: () => resolve(), failed: reject });
    });
  }

  /** Stops watching the connection, but leaves it open. */
  close(): void {
    this.#end("the bus was closed");
  }

  #onStatus(status: ClientStatus): void {
    if (status.type === "disconnected") this.#confirmations.fail(new Error("the connection was lost"));
    if (status.type === "denied" && status.operation === "publish") {
      this.#confirmations.deny(status.subject, status.cause);
    }
    this.#listener.onStatus(status);
  }

  #onConnectionClosed(error: unknown): void {
    this.#end("the connection was closed");
    this.#listener.onClosed(new Error("the connection to NATS was closed", because({ cause: error })));
  }

  #end(reason: string): void {
    this.#isClosed = true;
    this.#confirmations.fail(new Error(reason));
    this.#watch.close();
  }
}
