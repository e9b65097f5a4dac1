import { AetherError } from "@aether/core";

/** What {@link BusDisconnectedError} is made of. */
export interface BusDisconnectedDetails {
  /** Where it was to be published. */
  readonly namespace: string;
  /** The event that was to be published. */
  readonly eventId: string;
  /** It was sent, and nobody knows whether the server has it. */
  readonly sent: boolean;
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * There is no connection to the server, so that an event did not, or perhaps did not, reach other processes.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_BUS_DISCONNECTED")) console.log(error.sent ? "others may have it" : "nobody has it");
 * ```
 */
export class BusDisconnectedError extends AetherError {
  override readonly name: string = "BusDisconnectedError";
  readonly code = "AETHER_BUS_DISCONNECTED" as const;
  /** Where it was to be published. */
  readonly namespace: string;
  /** The event that was to be published. */
  readonly eventId: string;
  /**
   * Whether the event was sent before the connection was lost. If so, subscribers in this process have it, and others may
   * have it; if not, no other process has it, and subscribers in this one only if it was held for the reconnect.
   */
  readonly sent: boolean;

  constructor(details: BusDisconnectedDetails) {
    const { namespace, eventId, sent, cause } = details;
    const event = `event ${JSON.stringify(eventId)} for ${JSON.stringify(namespace)}`;
    super(
      sent
        ? `the connection was lost before the server confirmed ${event}: others may have got it or not`
        : `${event} was not sent: there is no connection; publish it again later, or let the bus hold events`,
      cause === undefined ? {} : { cause },
    );
    this.namespace = namespace;
    this.eventId = eventId;
    this.sent = sent;
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_BUS_DISCONNECTED: BusDisconnectedError;
  }
}
