import type { SubscriptionStatus } from "@aether/bus-kit";

/** Connection changes and problems that a NATS bus reports, distinguished by `type`. */
export type NatsBusStatus =
  | SubscriptionStatus
  /** The connection was lost. The client tries to reconnect. */
  | { readonly type: "disconnected" }
  /**
   * The connection is back, and the server has every subscription again. Events that other buses published while the
   * connection was lost do not arrive. If the connection is lost again before the server has every subscription, this
   * status is not reported.
   */
  | { readonly type: "reconnected" }
  | {
      /** The connection is closed for good. The bus is closed, and its subscriptions have ended. */
      readonly type: "connection-closed";
      readonly cause: unknown;
    }
  | {
      /** The server does not allow this connection to publish or subscribe. The operation also fails with an error. */
      readonly type: "permission-denied";
      readonly operation: "publish" | "subscribe";
      /** The namespace that was published to, or the pattern that was subscribed to. */
      readonly namespace: string;
      readonly subject: string;
      readonly cause: unknown;
    }
  | {
      /** The client or the server reports that this connection does not read fast enough. */
      readonly type: "slow-consumer";
      readonly cause: unknown;
    }
  | {
      /** The server reports another error that affects the whole connection. */
      readonly type: "server-error";
      readonly cause: unknown;
    }
  | {
      /** A message that is not an event arrived. */
      readonly type: "malformed";
      readonly namespace: string;
      readonly subject: string;
      /** The payload of the message. */
      readonly raw: Uint8Array;
      readonly cause: unknown;
    }
  | {
      /** An event from another bus arrived, but earlier events from that bus did not. */
      readonly type: "missed";
      readonly namespace: string;
      /** The pattern whose subscriptions missed the earlier events. */
      readonly pattern: string;
      /** Number of events that did not arrive. */
      readonly count: number;
    };
