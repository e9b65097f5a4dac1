import type { NatsStatus } from "./nats-connection.ts";

/** What the statuses of both clients mean to the bus. */
export type ClientStatus =
  | { readonly type: "lost" }
  | { readonly type: "back" }
  | {
      readonly type: "denied";
      readonly operation: "publish" | "subscribe";
      readonly subject: string;
      readonly cause: unknown;
    }
  | { readonly type: "slow-consumer"; readonly cause: unknown }
  | { readonly type: "error"; readonly cause: unknown };

interface Denial {
  readonly operation: unknown;
  readonly subject: unknown;
}

/** Reads a status of either client; `undefined` if the bus has nothing to do with it. */
export function readStatus(status: NatsStatus): ClientStatus | undefined {
  switch (status.type) {
    case "disconnect":
      return { type: "lost" };
    case "reconnect":
      return { type: "back" };
    case "slowConsumer":
      return { type: "slow-consumer", cause: status };
    case "error":
      return readError(status);
    default:
      return undefined;
  }
}

/** `nats` 2 tells a code and, apart from it, what was denied; `@nats-io` 3 tells an error that has both. */
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
