/** Counters of a bus since it was created. */
export interface Counters {
  /** Events published on this bus. */
  published: number;
  /**
   * Events that a `for await` loop received or a handler was called with. An event counts once for each subscription
   * that receives it.
   */
  delivered: number;
  /**
   * Events that did not fit into a buffer, or were discarded when a subscription ended. An event counts once for each
   * subscription that drops it.
   */
  dropped: number;
  /** Calls to handlers and filters that threw or rejected. */
  failed: number;
  /** Received messages that are not events. Always 0 on a bus inside one process. */
  malformed: number;
}

/** Counters of a bus since it was created, and gauges. */
export interface BusMetrics extends Readonly<Counters> {
  /** Current number of events in buffers. */
  readonly waiting: number;
  /** Current number of subscriptions, by pattern. */
  readonly subscribers: Readonly<Record<string, number>>;
}
