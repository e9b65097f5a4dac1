import type { NatsStatus } from "./connection.ts";

/** A status event from either client, in the same form for both. */
export type ClientStatus =
  /** The connection was lost. The client tries to reconnect. */
  | { readonly type: "disconnected" }
  /** The connection is back. */
  | { readonly type: "reconnected" }
  | {
      /** The server denied permission to publish or subscribe. The clients report this only as a status event. */
      readonly type: "denied";
      readonly operation: "publish" | "subscribe";
      readonly subject: string;
      readonly cause: unknown;
    }
  /** The connection does not read messages fast enough, as reported by the client or the server. */
  | { readonly type: "slow-consumer"; readonly cause: unknown }
  /** The client or the server reported another error. */
  | { readonly type: "error"; readonly cause: unknown };

interface Denial {
  readonly operation: unknown;
  readonly subject: unknown;
}

/** Converts a status event from either client. Returns `undefined` for events that Aether does not use. */
export function readStatus(status: NatsStatus): ClientStatus | undefined {
  switch (status.type) {
    case "disconnect":
    case "reconnecting": // reported for each attempt, so it shows an outage that began before the events were read
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

/**
 * Converts an error event. `nats` 2 reports an error code in `data` and the denied operation in `permissionContext`;
 * `@nats-io` 3 reports one error object with both.
 */
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
