/** A map of bounded size that drops the entries used least recently. */
export class LruMap<Value> {
  // A Map keeps the order of insertion: the first key is the one unused for the longest time.
  readonly #values = new Map<string, Value>();
  readonly #capacity: number;
  #evictions = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#values.size;
  }

  /** Number of entries that made space for others. */
  get evictions(): number {
    return this.#evictions;
  }

  /** Returns a value, and counts as a use. */
  use(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value === undefined) return undefined;
    this.#values.delete(key);
    this.#values.set(key, value);
    return value;
  }

  /** Returns a value, and does not count as a use. */
  peek(key: string): Value | undefined {
    return this.#values.get(key);
  }

  set(key: string, value: Value): void {
    if (this.#capacity === 0) return;
    if (!this.#values.delete(key) && this.#values.size >= this.#capacity) this.#evict();
    this.#values.set(key, value);
  }

  delete(key: string): void {
    this.#values.delete(key);
  }

  /** Drops 1 % at once: each iteration over a Map first skips the gaps left at its front, which is slow. */
  #evict(): void {
    let count = Math.ceil(this.#capacity / 100);
    for (const oldest of this.#values.keys()) {
      this.#values.delete(oldest);
      this.#evictions++;
      if (--count === 0) return;
    }
  }
}
