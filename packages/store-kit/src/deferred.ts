/**
 * Does the work now. Returns a function that returns the result, or throws the error of the work. Lazy reads use it to
 * read their options at the call, and to throw the errors in the loop.
 *
 * @example
 * ```ts
 * const range = deferred(() => readListOptions({ actorIdPrefix: "order-" }));
 * range().actorIdPrefix; // "order-"
 * ```
 */
export function deferred<T>(work: () => T): () => T {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
