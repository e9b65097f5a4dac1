import type { BusMetrics } from "@aether/bus-kit";

/** Counters and present state of a NATS bus. `published` counts the events sent to the server. */
export interface NatsBusMetrics extends BusMetrics {
  /** Events of other buses that did not arrive, as later events showed; one per pattern. */
  readonly missed: number;
  /** Publishes that rejected because the bus was disconnected and could not hold the event, or had no permission. */
  readonly rejected: number;
  /** Publishes that rejected because the connection was lost before the server confirmed them. */
  readonly unconfirmed: number;
  /** Events that wait now until the connection is back. */
  readonly held: number;
}

/** Counters of a NATS bus beyond those of every bus. */
export type NatsCounters = Record<"missed" | "rejected" | "unconfirmed", number>;
