/** A value, or a promise of it. A store in memory can answer without a promise. */
export type MaybePromise<T> = T | Promise<T>;

export function isPromise<T>(value: MaybePromise<T>): value is Promise<T> {
  return typeof (value as PromiseLike<T> | null | undefined)?.then === "function";
}

/** Applies a function to a value, at once if the value is not a promise. */
export function mapResult<T, Result>(
  value: MaybePromise<T>,
  map: (value: T) => MaybePromise<Result>,
): MaybePromise<Result> {
  return isPromise(value) ? value.then(map) : map(value);
}
