import { InvalidArgumentError } from "@aether/core";

/**
 * The part of an open NATS connection that Aether uses. It accepts connections from `nats` (2.29 or later 2.x),
 * `@nats-io/transport-node` (3.4 or later 3.x) and any other transport built on `@nats-io/nats-core` 3. Aether imports
 * no client: the application opens the connection and passes it in.
 */
export interface NatsConnection {
  /**
   * Details that the server sent. They are `undefined` until the connection has reached a server. The clients also drop
   * them while they reconnect.
   */
  readonly info?: NatsServerInfo | undefined;
  /** Sends a message. Returns once the client has accepted the message; the server may not have received it yet. */
  publish(subject: string, payload?: Uint8Array, options?: ClientPublishOptions): void;
  /** Subscribes to a subject. */
  subscribe(subject: string, options?: ClientSubscribeOptions): ClientSubscription;
  /** Resolves once the server has received everything that was sent before the call. */
  flush(): Promise<void>;
  /** Yields status events: changes of the connection, and errors from the client or the server. */
  status(): AsyncIterable<NatsStatus>;
  /** True once the connection is closed for good. */
  isClosed(): boolean;
  /** Resolves once the connection is closed for good: to the error that closed it, or to `undefined`. */
  closed(): Promise<unknown>;
}

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
  /** The server's name. */
  readonly server_name?: string;
  /** Name of the server's cluster, if it has one. */
  readonly cluster?: string;
  /** The server's JetStream domain, if it has one. */
  readonly domain?: string;
}

/** Publish options that both clients accept. */
export interface ClientPublishOptions {
  /**
   * Subject that a receiver can send an answer to.
   * @default none
   */
  reply?: string;
  /**
   * The message headers, in the client's own type.
   * @default none
   */
  // Each client declares its own header class, and the two classes share no type. Both clients call encode() on it.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  headers?: any;
}

/** Subscription options that both clients accept. */
export interface ClientSubscribeOptions {
  /**
   * Queue group of the subscription. Each message goes to one member of the group.
   * @default none
   */
  queue?: string;
  /**
   * Called with each message, or with the error that ended the subscription.
   * @default none
   */
  callback?: (error: Error | null, message: NatsMessage) => void;
}

/** A subscription, as a client returns it. */
export interface ClientSubscription {
  /** Ends the subscription, at once or after `max` messages. */
  unsubscribe(max?: number): void;
  /** Unsubscribes, and resolves once the messages in flight have arrived. */
  drain(): Promise<void>;
}

/** A message, as a client delivers it. */
export interface NatsMessage {
  /** The subject that the message was published to. */
  readonly subject: string;
  /** The payload. */
  readonly data: Uint8Array;
  /** Subject that an answer can be sent to, if there is one. */
  readonly reply?: string;
  /** The headers, if there are any. */
  readonly headers?: NatsHeaders;
}

/** The headers of a message. */
export interface NatsHeaders {
  /** Status code, such as 404 or 503, if the server itself created the message; otherwise 0. */
  readonly code: number;
  /** The server's description of the status code. */
  readonly description: string;
  /** Returns the first value of a header, or the empty string if the header is missing. */
  get(name: string): string;
  /** Returns all values of a header. */
  values(name: string): string[];
}

/** A status event of the connection. */
export interface NatsStatus {
  /** The kind of event, such as `"disconnect"`, `"reconnect"` or `"error"`. */
  readonly type: string;
}

const methods = ["publish", "subscribe", "flush", "status", "isClosed", "closed"] as const;

/**
 * Throws unless the value is an open connection from a supported client. The connection need not have reached a server.
 *
 * @throws `AETHER_INVALID_ARGUMENT` otherwise, and for a server without message headers
 *
 * @example
 * ```ts
 * checkConnection(connection); // in the constructor of a bus
 * ```
 */
export function checkConnection(connection: NatsConnection): void {
  if (!isConnection(connection)) {
    throw flaw("must be a connection from nats 2.29 or @nats-io/transport-node 3.4: await connect({ servers })");
  }
  if (connection.isClosed()) throw flaw("is closed");
  if (connection.info?.headers === false) throw flaw("is to a server without message headers");
}

function flaw(reason: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument: "connection", reason });
}

function isConnection(value: NatsConnection): boolean {
  try {
    const isObject = typeof value === "object" && value !== null;
    return isObject && methods.every((method) => typeof value[method] === "function");
  } catch {
    return false; // The value has a getter, or is a proxy, that throws.
  }
}
