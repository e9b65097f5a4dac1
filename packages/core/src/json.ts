/** Stands in for a type that JSON cannot carry, so that the compile error at the call says what to use instead. */
export interface NotJson<Why extends string> {
  /** Why not, and what to use. */
  readonly __notJson: Why;
}

/** `T` itself where JSON can carry it; each part that it cannot is replaced by {@link NotJson}. */
export type JsonShape<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends bigint
    ? NotJson<"BigInt: use a string">
    : T extends Date
      ? NotJson<"Date: use an ISO 8601 string">
      : T extends symbol | ((...args: never) => unknown) | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
        ? NotJson<"JSON cannot carry this">
        : { [K in keyof T]: JsonShape<T[K]> };

/** `T` with every property and every array in it read-only, at any depth. */
export type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Immutable<T[K]> }
    : T;

/**
 * The data of an event, from the type that the application wrote down: deeply read-only, and JSON only. A `Date`, a
 * `bigint`, a function, a `Map` or a `Set` in it makes a type that no real value satisfies.
 */
export type JsonData<T extends object> = T extends JsonShape<T> ? Immutable<T> & object : JsonShape<T> & object;
