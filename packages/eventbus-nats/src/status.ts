import type { SubscriptionStatus } from "@aether/bus-kit";

/** What a NATS bus has to say, told apart by `type`. */
export type NatsBusStatus =
  | SubscriptionStatus
  /** The connection was lost. The client tries to get it back. */
  | { readonly type: "disconnected" }
  /**
   * The connection is back, and the server has every subscription again. What others published in between is lost. It is
   * not said of a connection that is lost again before.
   */
  | { readonly type: "reconnected" }
  | {
      /** The connection is closed for good: the bus can do nothing any more, and its subscriptions have ended. */
      readonly type: "connection-closed";
      readonly cause: unknown;
    }
  | {
      /** The server does not allow this connection to publish or subscribe. Whoever tried is told, too. */
      readonly type: "permission-denied";
      readonly operation: "publish" | "subscribe";
      /** The namespace or the pattern. */
      readonly namespace: string;
      readonly subject: string;
      readonly cause: unknown;
    }
  | {
      /** The client or the server says that this connection does not read fast enough. */
      readonly type: "slow-consumer";
      readonly cause: unknown;
    }
  | {
      /** The server complains of something else that concerns the whole connection. */
      readonly type: "server-error";
      readonly cause: unknown;
    }
  | {
      /** A message arrived that is no event. */
      readonly type: "malformed";
      readonly namespace: string;
      readonly subject: string;
      /** The message's payload. */
      readonly raw: Uint8Array;
      readonly cause: unknown;
    }
  | {
      /** Another bus published events that should have arrived here before the one that just did. */
      readonly type: "missed";
      readonly namespace: string;
      /** Through the subscriptions to this pattern. */
      readonly pattern: string;
      readonly count: number;
    };
