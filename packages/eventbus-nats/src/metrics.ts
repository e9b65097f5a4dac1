import type { BusMetrics } from "@aether/bus-kit";

/** Counters of a NATS bus beyond those of every bus. */
export interface NatsCounters {
  /** Events of other buses that never arrived, as later events showed; one per pattern. */
  missed: number;
  /** Publishes that rejected because the bus was disconnected and could not hold the event, or had no permission. */
  rejected: number;
  /** Publishes that rejected because the connection was lost before the server confirmed them. */
  unconfirmed: number;
}

/**
 * Counters of a NATS bus since it was created, and its present state. `published` counts the events sent to the server.
 */
export interface NatsBusMetrics extends BusMetrics, Readonly<NatsCounters> {
  /** Events that wait now until the connection is back. */
  readonly held: number;
}
