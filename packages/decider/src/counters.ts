/** Counters of a handler since it was created, and the number of actors in its memory. */
export interface HandlerCounters {
  /** Commands that were handled, whatever their outcome. */
  readonly commands: number;
  /** Commands that found their actor's state in the cache. */
  readonly cacheHits: number;
  /** Commands that had to read the actor's events, or wait for a read. */
  readonly cacheMisses: number;
  /** Reads of an actor from its beginning, or from a snapshot. */
  readonly fullReads: number;
  /** Reads of only the new events of an actor. */
  readonly tailReads: number;
  /** Events that all reads returned. */
  readonly eventsRead: number;
  /** Rejections, empty decisions and versions that were decided again after a read, because the state could be old. */
  readonly verifications: number;
  /** Saves that were sent to the store. */
  readonly saves: number;
  /** Saves that ended in a version conflict. */
  readonly conflicts: number;
  /** Commands whose events an earlier call had saved. */
  readonly repeats: number;
  /** States that were removed from the cache because it was full. */
  readonly evictions: number;
  /** Actors in memory: in the cache, or in use. */
  readonly actors: number;
  /** Snapshots that were saved. */
  readonly snapshotsSaved: number;
  /** Snapshots that could not be loaded or saved. */
  readonly snapshotsFailed: number;
}

/** The counters that a handler counts itself. */
export type Counters = { -readonly [Name in keyof Omit<HandlerCounters, "evictions" | "actors">]: number };

export function newCounters(): Counters {
  return {
    commands: 0,
    cacheHits: 0,
    cacheMisses: 0,
    fullReads: 0,
    tailReads: 0,
    eventsRead: 0,
    verifications: 0,
    saves: 0,
    conflicts: 0,
    repeats: 0,
    snapshotsSaved: 0,
    snapshotsFailed: 0,
  };
}
