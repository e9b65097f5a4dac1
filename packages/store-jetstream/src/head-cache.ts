import type { Head } from "./actor.ts";
import { LruMap } from "./lru-map.ts";

/** Statistics of the version cache since the store was opened. */
export interface CacheStats {
  /** Current number of actors in the cache. */
  readonly entries: number;
  /** Number of saves whose actor was in the cache. */
  readonly hits: number;
  /** Number of saves whose actor was not in the cache. */
  readonly misses: number;
  /** Number of entries that were dropped to make space for others. */
  readonly evictions: number;
  /** Number of entries that were outdated because another writer had saved to the actor. */
  readonly stale: number;
}

/**
 * The heads of the most recently used actors. A head is an actor's latest version and the stream sequence of the
 * message that holds it. The cache contains only heads that the server has confirmed. An outdated head is harmless: the
 * server rejects a commit that builds on it, and the store then reads the current head.
 */
export class HeadCache {
  readonly #heads: LruMap<Head>;
  #hits = 0;
  #misses = 0;
  #stale = 0;

  constructor(capacity: number) {
    this.#heads = new LruMap(capacity);
  }

  get stats(): CacheStats {
    const { size, evictions } = this.#heads;
    return { entries: size, hits: this.#hits, misses: this.#misses, evictions, stale: this.#stale };
  }

  /** Returns the head that a save builds on, if it is known. Counts a hit or a miss. */
  use(actorId: string): Head | undefined {
    const head = this.#heads.use(actorId);
    if (head === undefined) this.#misses++;
    else this.#hits++;
    return head;
  }

  /** Returns the head, if it is known. Does not count as a use. */
  peek(actorId: string): Head | undefined {
    return this.#heads.peek(actorId);
  }

  /** Adds a confirmed head, unless a later one is known. Answers may arrive out of order. */
  learn(actorId: string, head: Head): void {
    const known = this.#heads.peek(actorId);
    if (known === undefined || known.sequence < head.sequence) this.#heads.set(actorId, head);
  }

  /** Drops a head that may be outdated. */
  drop(actorId: string): void {
    this.#heads.delete(actorId);
  }

  /** Counts a head as outdated. The entry stays, so that an answer older than this head is not accepted. */
  countStale(actorId: string): void {
    if (this.#heads.peek(actorId) !== undefined) this.#stale++;
  }
}
