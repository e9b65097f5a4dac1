import { AetherError } from "@aether/core";

export interface BusPermissionDetails {
  readonly operation: "publish" | "subscribe";
  readonly namespace: string;
  readonly subject: string;
  readonly cause?: unknown;
}

/** The server does not allow this connection to publish to a namespace, or to subscribe to a pattern. */
export class BusPermissionError extends AetherError {
  override readonly name: string = "BusPermissionError";
  readonly code = "AETHER_BUS_PERMISSION_DENIED" as const;
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
