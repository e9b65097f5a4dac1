import type { BusMetrics } from "@aether/bus-kit";

/** What a NATS bus counts as it goes, beyond what every bus counts. */
export interface NatsCounters {
  missed: number;
  refused: number;
  unconfirmed: number;
}

/** What a NATS bus has counted since it was made, and what is there now. `published` counts what was sent to the server. */
export interface NatsBusMetrics extends BusMetrics {
  /** Events that other buses sent and that never arrived here, as later ones showed; one for each pattern. */
  readonly missed: number;
  /** Publishes that rejected because there was no connection and no room to hold them, or no permission. */
  readonly refused: number;
  /** Publishes that rejected because the connection was lost before the server confirmed them. */
  readonly unconfirmed: number;
  /** Events that wait now for the connection to come back. */
  readonly held: number;
}
