import type { SubscriptionStatus } from "@aether/bus-kit";

/** Events that a NATS bus reports because they need attention, distinguished by `type`. */
export type NatsBusStatus =
  | SubscriptionStatus
  /** The connection was lost. The client tries to reconnect. */
  | { readonly type: "disconnected" }
  /**
   * The connection is back, and the server has every subscription again. Events that other buses published in between
   * are lost. Not reported if the connection is lost again before.
   */
  | { readonly type: "reconnected" }
  | {
      /** The connection is closed for good. The bus is closed, and its subscriptions have ended. */
      readonly type: "connection-closed";
      readonly cause: unknown;
    }
  | {
      /** The server does not allow this connection to publish or subscribe. The caller gets an error too. */
      readonly type: "permission-denied";
      readonly operation: "publish" | "subscribe";
      /** The namespace or pattern. */
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
      /** The server reports any other error of the whole connection. */
      readonly type: "server-error";
      readonly cause: unknown;
    }
  | {
      /** A message arrived that is not an event. */
      readonly type: "malformed";
      readonly namespace: string;
      readonly subject: string;
      /** The payload of the message. */
      readonly raw: Uint8Array;
      readonly cause: unknown;
    }
  | {
      /** An event of another bus arrived, but earlier events of that bus did not. */
      readonly type: "missed";
      readonly namespace: string;
      /** The pattern whose subscriptions missed them. */
      readonly pattern: string;
      readonly count: number;
    };
