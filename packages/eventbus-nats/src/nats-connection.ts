import { InvalidArgumentError } from "@aether/core";

/**
 * What the bus uses of an open connection to NATS. Connections of `nats` 2.29 and of `@nats-io/transport-node` 3.4 (or
 * any other transport on `@nats-io/nats-core` 3) both fit; the bus needs nothing else of either client.
 */
export interface NatsConnection {
  /** What the server said of itself; `undefined` while there is none. */
  readonly info?: NatsServerInfo | undefined;
  /** Sends a message; it is on its way when this returns. */
  publish(subject: string, payload?: Uint8Array, options?: ClientPublishOptions): void;
  /** Asks for the messages of a subject. */
  subscribe(subject: string, options?: ClientSubscribeOptions): ClientSubscription;
  /** Resolves when the server has got everything that was sent before. */
  flush(): Promise<void>;
  /** What happens to the connection: it is lost, it is back, the server complains. */
  status(): AsyncIterable<NatsStatus>;
  /** It is closed for good. */
  isClosed(): boolean;
  /** Resolves when the connection is closed for good, to the error that it was closed for, if any. */
  closed(): Promise<unknown>;
}

/** What a server says of itself when it is connected to. */
export interface NatsServerInfo {
  /** The most that one message may take, headers and payload, in bytes. */
  readonly max_payload: number;
  /** It takes headers. */
  readonly headers?: boolean;
}

/** What goes with a message. */
export interface ClientPublishOptions {
  /**
   * The client's own headers.
   * @default none
   */
  // The clients declare a class of their own here; what they call on it is encode().
  // biome-ignore lint/suspicious/noExplicitAny: the two clients' header types have nothing in common to name.
  headers?: any;
}

/** Who hears of messages. */
export interface ClientSubscribeOptions {
  /**
   * The queue group that shares the messages.
   * @default none
   */
  queue?: string;
  /**
   * Hears each message, or the error that ended the subscription.
   * @default none
   */
  callback?: (error: Error | null, message: NatsMessage) => void;
}

/** A subscription of the client. */
export interface ClientSubscription {
  /** Ends it, at once or after so many messages. */
  unsubscribe(max?: number): void;
  /** Unsubscribes, and resolves when what was under way has arrived. */
  drain(): Promise<void>;
}

/** A message as the client hands it over. */
export interface NatsMessage {
  /** Where it was published. */
  readonly subject: string;
  /** The payload. */
  readonly data: Uint8Array;
  /** Its headers, if it has any. */
  readonly headers?: NatsHeaders;
}

/** The headers of a message. */
export interface NatsHeaders {
  /** The first value of a header; empty if there is none. */
  get(name: string): string;
}

/** Something that happened to the connection. */
export interface NatsStatus {
  /** Such as `"disconnect"` or `"reconnect"`. */
  readonly type: string;
}

/** Refuses what is no open connection of a client that the bus knows. @throws `AETHER_INVALID_ARGUMENT` */
export function checkConnection(connection: NatsConnection): void {
  const methods = ["publish", "subscribe", "flush", "status", "isClosed", "closed"] as const;
  if (!hasMethods(connection, methods)) {
    const reason = "must be a connection of nats 2.29 or @nats-io/transport-node 3.4: await connect({ servers })";
    throw new InvalidArgumentError({ argument: "connection", reason });
  }
  if (connection.isClosed()) throw new InvalidArgumentError({ argument: "connection", reason: "is closed" });
  if (connection.info?.headers === false) {
    throw new InvalidArgumentError({ argument: "connection", reason: "is to a server without message headers" });
  }
}

function hasMethods(value: NatsConnection, methods: readonly (keyof NatsConnection)[]): boolean {
  try {
    const isObject = typeof value === "object" && value !== null;
    return isObject && methods.every((method) => typeof value[method] === "function");
  } catch {
    return false; // a getter or a proxy that throws
  }
}
