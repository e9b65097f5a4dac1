import { InvalidArgumentError } from "@aether/core";

/**
 * What the bus uses of an open connection to NATS. Connections of `nats` 2.29 and of `@nats-io/transport-node` 3.4 (or
 * any other transport on `@nats-io/nats-core` 3) both fit; the bus needs nothing else of either client.
 */
export interface NatsConnection {
  /** What the server said of itself; `undefined` while there is none. */
  readonly info?: NatsServerInfo | undefined;
  publish(subject: string, payload?: Uint8Array, options?: ClientPublishOptions): void;
  subscribe(subject: string, options?: ClientSubscribeOptions): ClientSubscription;
  /** Resolves when the server has got everything that was sent before. */
  flush(): Promise<void>;
  /** What happens to the connection: it is lost, it is back, the server complains. */
  status(): AsyncIterable<NatsStatus>;
  isClosed(): boolean;
  /** Resolves when the connection is closed for good, to the error that it was closed for, if any. */
  closed(): Promise<unknown>;
}

export interface NatsServerInfo {
  /** The most that one message may take, headers and payload, in bytes. */
  readonly max_payload: number;
  readonly headers?: boolean;
}

export interface ClientPublishOptions {
  // The clients declare a class of their own here; what they call on it is encode().
  // biome-ignore lint/suspicious/noExplicitAny: the two clients' header types have nothing in common to name.
  headers?: any;
}

export interface ClientSubscribeOptions {
  queue?: string;
  callback?: (error: Error | null, message: NatsMessage) => void;
}

export interface ClientSubscription {
  unsubscribe(max?: number): void;
  /** Unsubscribes, and resolves when what was under way has arrived. */
  drain(): Promise<void>;
}

export interface NatsMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers?: NatsHeaders;
}

export interface NatsHeaders {
  get(name: string): string;
}

export interface NatsStatus {
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
