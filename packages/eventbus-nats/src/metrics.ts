import type { BusMetrics } from "@aether/bus-kit";

/** Counters and gauges of a NATS bus. `published` counts the events sent to the server. */
export interface NatsBusMetrics extends BusMetrics {
  /** Events from other buses that did not arrive. An event counts once for each subscribed pattern that it matches. */
  readonly missed: number;
  /**
   * Publishes that rejected with `AETHER_BUS_DISCONNECTED` and `sent: false`, or with `AETHER_BUS_PERMISSION_DENIED`.
   */
  readonly rejected: number;
  /** Publishes that rejected with `AETHER_BUS_DISCONNECTED` and `sent: true`. */
  readonly unconfirmed: number;
  /** Current number of events that wait until the connection is back. */
  readonly held: number;
}

/** The counters that a NATS bus has in addition to those of every bus. */
export type NatsCounters = Record<"missed" | "rejected" | "unconfirmed", number>;
