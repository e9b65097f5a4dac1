export interface ConcurrencyOptions {
  /** Maximum number of calls in flight. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls `action` for every item, at most `limit` at a time. After the first failure, it starts no more calls. It waits
 * for the calls in flight, and then rejects with the first failure. An abort of `signal` counts as a failure.
 */
export async function forEachConcurrently<Item>(
  items: Iterable<Item>,
  action: (item: Item) => Promise<void>,
  { limit, signal }: ConcurrencyOptions,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  async function work(): Promise<void> {
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
  await Promise.all(Array.from({ length: limit }, work));
  if (failures.length > 0) throw failures[0];
}
