import { AetherError } from "@aether/core";

/** Constructor details of {@link BusDisconnectedError}. */
export interface BusDisconnectedDetails {
  /** Namespace that the event was published to. */
  readonly namespace: string;
  /** Id of the event. */
  readonly eventId: string;
  /** True if the event was sent. */
  readonly sent: boolean;
  /** The underlying error, if any. */
  readonly cause?: unknown;
}

/**
 * The connection to the server is lost, so that an event did not reach other processes, or may not have reached them.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_BUS_DISCONNECTED")) {
 *   console.log(error.sent ? "other processes may have the event" : "no other process has the event");
 * }
 * ```
 */
export class BusDisconnectedError extends AetherError {
  override readonly name: string = "BusDisconnectedError";
  readonly code = "AETHER_BUS_DISCONNECTED" as const;
  /** Namespace that the event was published to. */
  readonly namespace: string;
  /** Id of the event. */
  readonly eventId: string;
  /**
   * True if the event was sent before the connection was lost: the subscriptions of this bus have it, and other
   * processes may have it. If false, no other process has the event, and the subscriptions of this bus have it only if
   * it was held.
   */
  readonly sent: boolean;

  constructor(details: BusDisconnectedDetails) {
    const { namespace, eventId, sent, cause } = details;
    const event = `event ${JSON.stringify(eventId)} for ${JSON.stringify(namespace)}`;
    super(
      sent
        ? `the connection was lost before the server confirmed ${event}: other processes may or may not have it`
        : `${event} was not sent: there is no connection; publish it again later, or let the bus hold events`,
      cause === undefined ? {} : { cause },
    );
    this.namespace = namespace;
    this.eventId = eventId;
    this.sent = sent;
  }
}

/** Constructor details of {@link BusPermissionError}. */
export interface BusPermissionDetails {
  /** The denied operation. */
  readonly operation: "publish" | "subscribe";
  /** The namespace or pattern. */
  readonly namespace: string;
  /** The subject that the server's configuration must allow. */
  readonly subject: string;
  /** The underlying error, if any. */
  readonly cause?: unknown;
}

/**
 * The server does not allow this connection to publish to a namespace, or to subscribe to a pattern.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_BUS_PERMISSION_DENIED")) console.log(error.operation, error.subject);
 * ```
 */
export class BusPermissionError extends AetherError {
  override readonly name: string = "BusPermissionError";
  readonly code = "AETHER_BUS_PERMISSION_DENIED" as const;
  /** The denied operation. */
  readonly operation: "publish" | "subscribe";
  /** The namespace or pattern. */
  readonly namespace: string;
  /** The subject that the server's configuration must allow. */
  readonly subject: string;

  constructor(details: BusPermissionDetails) {
    const { operation, namespace, subject, cause } = details;
    const to = operation === "publish" ? "publish to" : "subscribe to";
    super(
      `the server does not allow this connection to ${to} ${JSON.stringify(namespace)}: ` +
        `grant it ${operation} on ${subject}`,
      cause === undefined ? {} : { cause },
    );
    this.operation = operation;
    this.namespace = namespace;
    this.subject = subject;
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_BUS_DISCONNECTED: BusDisconnectedError;
    AETHER_BUS_PERMISSION_DENIED: BusPermissionError;
  }
}
