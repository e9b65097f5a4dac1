/** How a bounded number of things is done at once. */
export interface ConcurrencyOptions {
  /** The most calls that are under way at once. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `action` for every item. After the first failure no further item is begun; it rejects with that failure when
 * the calls that were under way have ended.
 */
export async function forEachConcurrently<Item>(
  items: Iterable<Item>,
  action: (item: Item) => Promise<void>,
  { limit, signal }: ConcurrencyOptions,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  async function takeTurns(): Promise<void> {
    try {
      while (failures.length === 0) {
        signal?.throwIfAborted();
        const next = iterator.next();
        if (next.done === true) return;
        await action(next.value);
      }
    } catch (error) {
      failures.push(error);
    }
  }
  await Promise.all(Array.from({ length: limit }, takeTurns));
  if (failures.length > 0) throw failures[0];
}
