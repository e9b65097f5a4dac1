import { AetherError, because, quote } from "./aether-error.ts";

/** What {@link EventTooLargeError} is made of. */
export interface EventTooLargeDetails {
  /** The actor that it is about. */
  readonly actorId: string;
  /** What it would take, encoded. */
  readonly sizeBytes: number;
  /** The most that the store takes in one piece. */
  readonly limitBytes: number;
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * An event, or a batch, which is never split, is larger than the store can keep in one piece. Nothing was stored.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_EVENT_TOO_LARGE")) console.log(`${error.sizeBytes - error.limitBytes} bytes too many`);
 * ```
 */
export class EventTooLargeError extends AetherError {
  override readonly name: string = "EventTooLargeError";
  readonly code = "AETHER_EVENT_TOO_LARGE" as const;
  /** The actor that it is about. */
  readonly actorId: string;
  /** What it would take, encoded. */
  readonly sizeBytes: number;
  /** The most that the store takes in one piece. */
  readonly limitBytes: number;

  constructor(details: EventTooLargeDetails) {
    super(
      `the event or batch of actor ${quote(details.actorId)} takes ${details.sizeBytes} bytes, ` +
        `the store's limit is ${details.limitBytes}; save less at once, or keep large content elsewhere and refer to it`,
      because(details),
    );
    this.actorId = details.actorId;
    this.sizeBytes = details.sizeBytes;
    this.limitBytes = details.limitBytes;
  }
}
