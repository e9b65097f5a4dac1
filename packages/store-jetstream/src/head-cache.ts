import type { Head } from "./actor.ts";
import { LruMap } from "./lru-map.ts";

/** Statistics of the version cache since the store was opened. */
export interface CacheStats {
  /** Number of actors in the cache now. */
  readonly entries: number;
  /** Number of saves whose actor was in the cache. */
  readonly hits: number;
  /** Number of saves whose actor was not in the cache. */
  readonly misses: number;
  /** Number of entries that made space for others. */
  readonly evictions: number;
  /** Number of entries that were outdated because another process had saved. */
  readonly stale: number;
}

/**
 * The heads of the actors used most recently. It holds confirmed heads only. An outdated head is harmless: the server
 * rejects a commit that builds on it, and the store reads the current head.
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

  /** Returns the head to write on, and counts as a use. */
  use(actorId: string): Head | undefined {
    const head = this.#heads.use(actorId);
    if (head === undefined) this.#misses++;
    else this.#hits++;
    return head;
  }

  /** Returns the head, if it is known, and does not count as a use. */
  peek(actorId: string): Head | undefined {
    return this.#heads.peek(actorId);
  }

  /** Adds a confirmed head, unless a later one is known: answers may arrive out of order. */
  learn(actorId: string, head: Head): void {
    const known = this.#heads.peek(actorId);
    if (known === undefined || known.sequence < head.sequence) this.#heads.set(actorId, head);
  }

  /** Drops a head because another writer may have saved to the actor. */
  drop(actorId: string): void {
    this.#heads.delete(actorId);
  }

  /** Counts a head that the server rejected. The head stays, so that the current one can be compared with it. */
  countStale(actorId: string): void {
    if (this.#heads.peek(actorId) !== undefined) this.#stale++;
  }
}
