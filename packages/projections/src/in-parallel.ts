/** Number of requests to a store that a page makes at the same time. */
const LIMIT = 64;

/**
 * Calls a function for each item, several at the same time. After a failure, no further call begins. Settles once all
 * calls have ended.
 * @throws the first error
 */
export async function inParallel<T>(
  items: readonly T[],
  call: (item: T, index: number) => Promise<void> | undefined,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const work = async (): Promise<void> => {
    while (next < items.length && failure === undefined) {
      const index = next++;
      try {
        const called = call(items[index] as T, index);
        if (called !== undefined) await called;
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(LIMIT, items.length) }, work));
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}
