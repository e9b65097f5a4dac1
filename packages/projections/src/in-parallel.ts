/** Number of requests to a store that a page makes at the same time. */
const LIMIT = 64;

/**
 * Calls a function for each item, several at the same time. A call that returns no promise ends at once. After a
 * failure, no further call begins. Settles once all calls have ended.
 * @throws the first error
 */
export async function inParallel<T>(
  items: readonly T[],
  call: (item: T, index: number) => Promise<void> | undefined,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  /** Makes calls up to the next one that returns a promise. */
  const begin = (): Promise<void> | undefined => {
    try {
      while (next < items.length && failure === undefined) {
        const index = next++;
        const called = call(items[index] as T, index);
        if (called !== undefined) return called;
      }
    } catch (error) {
      failure ??= { error };
    }
    return undefined;
  };
  const work = async (first: Promise<void>): Promise<void> => {
    try {
      for (let called: Promise<void> | undefined = first; called !== undefined; called = begin()) await called;
    } catch (error) {
      failure ??= { error };
    }
  };
  const works: Promise<void>[] = [];
  for (let first = begin(); first !== undefined; first = works.length < LIMIT ? begin() : undefined)
    works.push(work(first));
  await Promise.all(works);
  if (failure !== undefined) throw (failure as { readonly error: unknown }).error;
}
