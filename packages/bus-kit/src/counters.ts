/** What a bus counts as it goes. */
export interface Counters {
  /** Events that were published here. */
  published: number;
  /** Events that a loop took or a handler was called with. */
  delivered: number;
  /** Events that did not fit, or were discarded. */
  dropped: number;
  /** Calls of handlers and filters that threw or rejected. */
  failed: number;
  /** Messages that were no events. */
  malformed: number;
}

/** What a bus has counted since it was made, and what is there now. */
export interface BusMetrics {
  /** Events that were published here. */
  readonly published: number;
  /** Events that a loop took or a handler was called with; one for each subscription. */
  readonly delivered: number;
  /** Events that did not fit into a buffer or were discarded when a subscription ended; one for each subscription. */
  readonly dropped: number;
  /** Calls of handlers and filters that threw or rejected. */
  readonly failed: number;
  /** Messages that arrived and are no events. In one process there are none. */
  readonly malformed: number;
  /** Events that wait in buffers now. */
  readonly waiting: number;
  /** How many subscriptions there are now, by pattern. */
  readonly subscribers: Readonly<Record<string, number>>;
}
