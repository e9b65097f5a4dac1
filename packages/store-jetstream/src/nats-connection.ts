import { InvalidArgumentError } from "@aether/core";

/**
 * What the store uses of an open connection to NATS. Connections of `nats` 2.29 and of `@nats-io/transport-node` 3.4 (or
 * any other transport on `@nats-io/nats-core` 3) both fit; the store needs nothing else of either client.
 */
export interface NatsConnection {
  /** What the server said of itself. */
  readonly info?: NatsServerInfo | undefined;
  /** Sends a message; it is on its way when this returns. */
  publish(subject: string, payload?: Uint8Array, options?: NatsPublishOptions): void;
  /** Asks for the messages of a subject. */
  subscribe(subject: string, options?: NatsSubscribeOptions): NatsSubscription;
  /** What happens to the connection: it is lost, it is back. */
  status(): AsyncIterable<NatsStatus>;
  /** It is closed for good. */
  isClosed(): boolean;
}

/** What a server says of itself when it is connected to. */
export interface NatsServerInfo {
  /** Such as `"2.10.0"`. */
  readonly version: string;
  /** The most that one message may take, headers and payload, in bytes. */
  readonly max_payload: number;
  /** It takes headers. */
  readonly headers?: boolean;
  /** It has JetStream. */
  readonly jetstream?: boolean;
}

/** What goes with a message. */
export interface NatsPublishOptions {
  /**
   * Where an answer should go.
   * @default none
   */
  reply?: string;
  /**
   * The client's own headers.
   * @default none
   */
  // The clients declare a class of their own here; what they call on it is encode().
  // biome-ignore lint/suspicious/noExplicitAny: the two clients' header types have nothing in common to name.
  headers?: any;
}

/** Who hears of messages. */
export interface NatsSubscribeOptions {
  /**
   * Hears each message, or the error that ended the subscription.
   * @default none
   */
  callback?: (error: Error | null, message: NatsMessage) => void;
}

/** A subscription of the client. */
export interface NatsSubscription {
  /** Ends it, at once or after so many messages. */
  unsubscribe(max?: number): void;
}

/** A message as the client hands it over. */
export interface NatsMessage {
  /** Where it was published. */
  readonly subject: string;
  /** The payload. */
  readonly data: Uint8Array;
  /** Where an answer should go. */
  readonly reply?: string;
  /** Its headers, if it has any. */
  readonly headers?: NatsHeaders;
}

/** The headers of a message. */
export interface NatsHeaders {
  /** The status of a message that the server made, such as 404 or 503; 0 for none. */
  readonly code: number;
  /** What the server says of the status. */
  readonly description: string;
  /** The first value of a header; empty if there is none. */
  get(name: string): string;
  /** All values of a header. */
  values(name: string): string[];
}

/** Something that happened to the connection. */
export interface NatsStatus {
  /** Such as `"reconnect"` or `"error"`. */
  readonly type: string;
}

/** The subject that the server does not permit, if that is what a status tells. The clients tell it differently. */
export function deniedSubject(status: NatsStatus): string | undefined {
  if (status.type !== "error") return undefined;
  const { permissionContext, error } = status as {
    readonly permissionContext?: { readonly subject?: unknown };
    readonly error?: { readonly subject?: unknown };
  };
  const subject = permissionContext?.subject ?? error?.subject;
  return typeof subject === "string" ? subject : undefined;
}

/** A connection that has met its server. */
export type EstablishedConnection = NatsConnection & { readonly info: NatsServerInfo };

/** Refuses what is no open connection of a client that the store knows. @throws `AETHER_INVALID_ARGUMENT` */
export function checkConnection(connection: NatsConnection): asserts connection is EstablishedConnection {
  const methods = ["publish", "subscribe", "status", "isClosed"] as const;
  if (!hasMethods(connection, methods)) {
    const reason = "must be a connection of nats 2.29 or @nats-io/transport-node 3.4: await connect({ servers })";
    throw new InvalidArgumentError({ argument: "connection", reason });
  }
  if (connection.isClosed()) throw new InvalidArgumentError({ argument: "connection", reason: "is closed" });
  if (connection.info === undefined)
    throw new InvalidArgumentError({ argument: "connection", reason: "is not established" });
  if (connection.info.headers === false) {
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
