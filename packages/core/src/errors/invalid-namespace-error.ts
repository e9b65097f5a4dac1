import { AetherError, because, quote } from "./aether-error.ts";

export interface InvalidNamespaceDetails {
  readonly namespace: string;
  readonly reason: string;
  readonly cause?: unknown;
}

/** A namespace, or a pattern of namespaces, is refused. Nothing was published or subscribed. */
export class InvalidNamespaceError extends AetherError {
  override readonly name: string = "InvalidNamespaceError";
  readonly code = "AETHER_INVALID_NAMESPACE" as const;
  readonly namespace: string;
  readonly reason: string;

  constructor(details: InvalidNamespaceDetails) {
    super(`the namespace or pattern ${quote(details.namespace)} is refused: it ${details.reason}`, because(details));
    this.namespace = details.namespace;
    this.reason = details.reason;
  }
}
