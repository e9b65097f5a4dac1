/** A map of bounded size that drops the least recently used entries. */
export class LruMap<Value, Key = string> {
  // A Map keeps insertion order, and a use inserts the key again. So the first key is the least recently used one.
  readonly #values = new Map<Key, Value>();
  readonly #capacity: number;
  #evictions = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#values.size;
  }

  /** Number of entries that were dropped to make space for others. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Returns a value. Counts as a use. */
  use(key: Key): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** Returns a value. Does not count as a use. */
  peek(key: Key): Value | undefined {
    return this.#values.get(key);
  }

  /** Returns the entries, from the least to the most recently used one. */
  entries(): readonly (readonly [key: Key, value: Value])[] {
    return [...this.#values];
  }

  set(key: Key, value: Value): void {
    if (this.#capacity === 0) return;
    if (!this.#values.delete(key) && this.#values.size >= this.#capacity) this.#evict();
    this.#values.set(key, value);
  }

  delete(key: Key): void {
    this.#values.delete(key);
  }

  /** Drops 1% of the entries at once. To find the first key, a Map skips the gaps of deleted keys, which is slow. */
  #evict(): void {
    let count = Math.ceil(this.#capacity / 100);
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest);
      this.#evictions++;
      if (--count === 0) return;
    }
  }
}
