import { InvalidArgumentError } from "@aether/core";

/**
 * The part of an open NATS connection that Aether uses. Connections of `nats` 2.29, of `@nats-io/transport-node` 3.4
 * and of any other transport built on `@nats-io/nats-core` 3 fit. No client is imported: the application opens the
 * connection and passes it in.
 */
export interface NatsConnection {
  /** Details that the server sent; `undefined` before the first contact, and in one client while it is disconnected. */
  readonly info?: NatsServerInfo | undefined;
  /** Sends a message. Returns once the client has accepted it; the server may not have it yet. */
  publish(subject: string, payload?: Uint8Array, options?: ClientPublishOptions): void;
  /** Subscribes to a subject. */
  subscribe(subject: string, options?: ClientSubscribeOptions): ClientSubscription;
  /** Resolves once the server has received everything that was sent before. */
  flush(): Promise<void>;
  /** Reports changes of the connection and errors of the server. */
  status(): AsyncIterable<NatsStatus>;
  /** True once the connection is closed for good. */
  isClosed(): boolean;
  /** Resolves once the connection is closed for good, to the error that closed it, if any. */
  closed(): Promise<unknown>;
}

/** A connection that has reached its server at least once. */
export type EstablishedConnection = NatsConnection & { readonly info: NatsServerInfo };

/** The details that a server sends when a client connects. */
export interface NatsServerInfo {
  /** The server's version, such as `"2.10.0"`. */
  readonly version: string;
  /** Maximum size of a message, headers and payload, in bytes. */
  readonly max_payload: number;
  /** True if the server supports message headers. */
  readonly headers?: boolean;
  /** True if JetStream is enabled. */
  readonly jetstream?: boolean;
}

/** Options of a single publish, as both clients accept them. */
export interface ClientPublishOptions {
  /**
   * The subject for the answer.
   * @default none
   */
  reply?: string;
  /**
   * The message headers, in the client's own type.
   * @default none
   */
  // Each client declares its own header class; the two have nothing in common to name. Both call encode() on it.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  headers?: any;
}

/** Options of a subscription, as both clients accept them. */
export interface ClientSubscribeOptions {
  /**
   * The queue group that shares the messages.
   * @default none
   */
  queue?: string;
  /**
   * Called with each message, or with the error that ended the subscription.
   * @default none
   */
  callback?: (error: Error | null, message: NatsMessage) => void;
}

/** A subscription of the client. */
export interface ClientSubscription {
  /** Ends the subscription, at once or after `max` messages. */
  unsubscribe(max?: number): void;
  /** Unsubscribes, and resolves once the messages in flight have arrived. */
  drain(): Promise<void>;
}

/** A message as the client delivers it. */
export interface NatsMessage {
  /** The subject that the message was published to. */
  readonly subject: string;
  /** The payload. */
  readonly data: Uint8Array;
  /** The subject for the answer. */
  readonly reply?: string;
  /** The headers, if there are any. */
  readonly headers?: NatsHeaders;
}

/** The headers of a message. */
export interface NatsHeaders {
  /** Status of a message that the server itself sent, such as 404 or 503; 0 for any other message. */
  readonly code: number;
  /** The server's description of the status. */
  readonly description: string;
  /** The first value of a header; the empty string if there is none. */
  get(name: string): string;
  /** All values of a header. */
  values(name: string): string[];
}

/** A status event of the connection. */
export interface NatsStatus {
  /** The kind of event, such as `"disconnect"`, `"reconnect"` or `"error"`. */
  readonly type: string;
}

const methods = ["publish", "subscribe", "flush", "status", "isClosed", "closed"] as const;

/**
 * Rejects a value that is not an open connection of a supported client. The connection may still be waiting for its
 * first server.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * checkConnection(connection); // in the constructor of a bus
 * ```
 */
export function checkConnection(connection: NatsConnection): void {
  if (!isConnection(connection)) {
    throw flaw("must be a connection of nats 2.29 or @nats-io/transport-node 3.4: await connect({ servers })");
  }
  if (connection.isClosed()) throw flaw("is closed");
  if (connection.info?.headers === false) throw flaw("is to a server without message headers");
}

/**
 * {@link checkConnection}, and rejects a connection that has not reached its server yet.
 *
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * checkEstablished(connection);
 * console.log(connection.info.version);
 * ```
 */
export function checkEstablished(connection: NatsConnection): asserts connection is EstablishedConnection {
  checkConnection(connection);
  if (connection.info === undefined) throw flaw("is not established");
}

function flaw(reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument: "connection", reason });
}

function isConnection(value: NatsConnection): boolean {
  try {
    const isObject = typeof value === "object" && value !== null;
    return isObject && methods.every((method) => typeof value[method] === "function");
  } catch {
    return false; // a getter or a proxy that throws
  }
}
