/** Where an actor's history ends: its latest version, and the sequence in the stream of the message that holds it. */
export interface Head {
  readonly version: number;
  readonly sequence: number;
}

/** The head of an actor without events. */
export const NO_EVENTS: Head = Object.freeze({ version: 0, sequence: 0 });

/** How the cache has done since the store was opened. */
export interface CacheStats {
  /** Actors in the cache now. */
  readonly entries: number;
  /** Saves that knew the actor's head. */
  readonly hits: number;
  /** Saves that did not. */
  readonly misses: number;
  /** Entries that made room for others. */
  readonly evictions: number;
  /** Entries that turned out to be outdated, because another process wrote. */
  readonly stale: number;
}

/**
 * The heads of the actors used last. Only confirmed heads go in. An outdated one does no harm: the server refuses what
 * is written on it, and the true head is read.
 */
export class VersionCache {
  // A Map keeps the order of insertion: the first key is the one that was not used for the longest time.
  readonly #heads = new Map<string, Head>();
  readonly #capacity: number;
  #hits = 0;
  #misses = 0;
  #evictions = 0;
  #stale = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get stats(): CacheStats {
    return {
      entries: this.#heads.size,
      hits: this.#hits,
      misses: this.#misses,
      evictions: this.#evictions,
      stale: this.#stale,
    };
  }

  /** The head to write on; counts as a use. */
  use(actorId: string): Head | undefined {
    const head = this.#heads.get(actorId);
    if (head === undefined) {
      this.#misses++;
      return undefined;
    }
    this.#hits++;
    this.#heads.delete(actorId);
    this.#heads.set(actorId, head);
    return head;
  }

  /** The head, if it is known, without counting as a use. */
  peek(actorId: string): Head | undefined {
    return this.#heads.get(actorId);
  }

  /** Takes in a confirmed head, unless a later one is known already: answers may arrive out of order. */
  learn(actorId: string, head: Head): void {
    if (this.#capacity === 0) return;
    const known = this.#heads.get(actorId);
    if (known !== undefined) {
      if (known.sequence >= head.sequence) return;
      this.#heads.delete(actorId);
    } else if (this.#heads.size >= this.#capacity) this.#evict();
    this.#heads.set(actorId, head);
  }

  /** Makes room for a while: an iteration begins with the gaps that were left at the front, which is slow each time. */
  #evict(): void {
    let count = Math.ceil(this.#capacity / 100);
    for (const oldest of this.#heads.keys()) {
      this.#heads.delete(oldest);
      this.#evictions++;
      if (--count === 0) return;
    }
  }

  /** Drops a head because the actor may have been written to. */
  drop(actorId: string): void {
    this.#heads.delete(actorId);
  }

  /** Counts a head that the server did not accept. It stays until the true one is learnt, to be compared with it. */
  countStale(actorId: string): void {
    if (this.#heads.has(actorId)) this.#stale++;
  }
}
