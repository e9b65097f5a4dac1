import { AetherError, type ErrorDetails, quote } from "@aether/core";

/**
 * Thrown when an event did not reach other processes, or may not have reached them. There was no connection to
 * the server, or the server had not confirmed the event when the connection was lost or the bus was closed.
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
  declare readonly namespace: string;
  /** Id of the event. */
  declare readonly eventId: string;
  /**
   * True if the event was sent before the connection was lost. The subscriptions of this bus have then received it, and
   * other processes may have received it. If false, no other process has received the event, and the subscriptions of
   * this bus have received it only if the bus held it.
   */
  declare readonly sent: boolean;

  constructor(details: ErrorDetails<BusDisconnectedError>) {
    const event = `event ${quote(details.eventId)} for ${quote(details.namespace)}`;
    super(
      details.sent
        ? `the connection was lost before the server confirmed ${event}: other processes may or may not have it`
        : `${event} was not sent: there is no connection; publish it again later, or let the bus hold events`,
      details,
    );
  }
}

/**
 * Thrown when the server does not allow this connection to publish to a namespace or to subscribe to a pattern.
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
  declare readonly operation: "publish" | "subscribe";
  /** The namespace that was published to, or the pattern that was subscribed to. */
  declare readonly namespace: string;
  /** The subject that the server's configuration must allow. */
  declare readonly subject: string;

  constructor(details: ErrorDetails<BusPermissionError>) {
    const { operation, namespace, subject } = details;
    const denied = `the server does not allow this connection to ${operation} to ${quote(namespace)}`;
    super(`${denied}: grant it ${operation} on ${subject}`, details);
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_BUS_DISCONNECTED: BusDisconnectedError;
    AETHER_BUS_PERMISSION_DENIED: BusPermissionError;
  }
}
