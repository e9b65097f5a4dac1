import type { NatsStatus } from "./connection.ts";

/** A status event of either client, in one form. */
export type ClientStatus =
  /** The connection was lost. The client tries to reconnect. */
  | { readonly type: "disconnected" }
  /** The connection is back. */
  | { readonly type: "reconnected" }
  | {
      /** The server denied a publish or a subscribe. Neither client throws for this. */
      readonly type: "denied";
      readonly operation: "publish" | "subscribe";
      readonly subject: string;
      readonly cause: unknown;
    }
  /** The client or the server reports that this connection does not read fast enough. */
  | { readonly type: "slow-consumer"; readonly cause: unknown }
  /** Any other error that the server reports. */
  | { readonly type: "error"; readonly cause: unknown };

interface Denial {
  readonly operation: unknown;
  readonly subject: unknown;
}

/**
 * Reads a status event of either client. Returns `undefined` for events that do not matter to Aether.
 *
 * @example
 * ```ts
 * for await (const status of connection.status()) {
 *   if (readStatus(status)?.type === "reconnected") console.log("the connection is back");
 * }
 * ```
 */
export function readStatus(status: NatsStatus): ClientStatus | undefined {
  switch (status.type) {
    case "disconnect":
      return { type: "disconnected" };
    case "reconnect":
      return { type: "reconnected" };
    case "slowConsumer":
      return { type: "slow-consumer", cause: status };
    case "error":
      return readError(status);
    default:
      return undefined;
  }
}

/** `nats` 2 reports a code and, beside it, what was denied; `@nats-io` 3 reports one error with both. */
function readError(status: object): ClientStatus {
  const { error, data, permissionContext } = status as {
    readonly error?: Partial<Denial>;
    readonly data?: unknown;
    readonly permissionContext?: Denial;
  };
  const cause = error ?? data;
  const { operation, subject } = permissionContext ?? error ?? {};
  if (typeof subject === "string" && (operation === "publish" || operation === "subscription")) {
    return { type: "denied", operation: operation === "publish" ? "publish" : "subscribe", subject, cause };
  }
  return { type: /slow.?consumer/i.test(String(cause)) ? "slow-consumer" : "error", cause };
}
