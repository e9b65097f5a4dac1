import { AetherError } from "@aether/core";

/** What {@link BusPermissionError} is made of. */
export interface BusPermissionDetails {
  /** What the server does not allow. */
  readonly operation: "publish" | "subscribe";
  /** The namespace or pattern, as the application knows it. */
  readonly namespace: string;
  /** The server's name for where. */
  readonly subject: string;
  /** What was behind it, if anything was. */
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
  /** What the server does not allow. */
  readonly operation: "publish" | "subscribe";
  /** The namespace or the pattern. */
  readonly namespace: string;
  /** The subject that the server's configuration has to allow. */
  readonly subject: string;

  constructor(details: BusPermissionDetails) {
    const { operation, namespace, subject, cause } = details;
    const to = operation === "publish" ? "publish to" : "subscribe to";
    super(
      `the server does not allow this connection to ${to} ${JSON.stringify(namespace)}: grant it ${operation} on ${subject}`,
      cause === undefined ? {} : { cause },
    );
    this.operation = operation;
    this.namespace = namespace;
    this.subject = subject;
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_BUS_PERMISSION_DENIED: BusPermissionError;
  }
}
