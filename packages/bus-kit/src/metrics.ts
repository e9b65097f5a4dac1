/** Counters of a bus since it was created. */
export interface Counters {
  /** Events published on this bus. */
  published: number;
  /** Events that a loop received or a handler was called with; one per subscription. */
  delivered: number;
  /** Events that did not fit into a buffer, or were discarded when a subscription ended; one per subscription. */
  dropped: number;
  /** Calls of handlers and filters that threw or rejected. */
  failed: number;
  /** Messages that arrived and are not events. Always 0 on a bus inside one process. */
  malformed: number;
}

/** Counters of a bus since it was created, and its present state. */
export interface BusMetrics extends Readonly<Counters> {
  /** Events in buffers now. */
  readonly waiting: number;
  /** Number of subscriptions now, by pattern. */
  readonly subscribers: Readonly<Record<string, number>>;
}
