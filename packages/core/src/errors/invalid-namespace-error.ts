import { AetherError, because, quote } from "./aether-error.ts";

/** What {@link InvalidNamespaceError} is made of. */
export interface InvalidNamespaceDetails {
  /** The namespace or pattern that is refused. */
  readonly namespace: string;
  /** What is wrong with it, to be read after "it". */
  readonly reason: string;
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * A namespace, or a pattern of namespaces, is refused. Nothing was published or subscribed.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_INVALID_NAMESPACE")) console.log(error.namespace, error.reason);
 * ```
 */
export class InvalidNamespaceError extends AetherError {
  override readonly name: string = "InvalidNamespaceError";
  readonly code = "AETHER_INVALID_NAMESPACE" as const;
  /** The namespace or pattern that is refused. */
  readonly namespace: string;
  /** What is wrong with it, to be read after "it". */
  readonly reason: string;

  constructor(details: InvalidNamespaceDetails) {
    super(`the namespace or pattern ${quote(details.namespace)} is refused: it ${details.reason}`, because(details));
    this.namespace = details.namespace;
    this.reason = details.reason;
  }
}
