/** Placeholder for a type that JSON cannot carry. The compile error that it causes says what to use instead. */
export interface NotJson<Why extends string> {
  /** Type that JSON cannot carry, and its replacement. */
  readonly __notJson: Why;
}

/** `T` if JSON can carry it; otherwise `T` with each offending part replaced by {@link NotJson}. */
export type JsonShape<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends bigint
      ? NotJson<"BigInt: use a string">
      : T extends Date
        ? NotJson<"Date: use an ISO 8601 string">
        : T extends symbol | ((...args: never) => unknown) | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
          ? NotJson<"JSON cannot carry this">
          : { [K in keyof T]: JsonShape<T[K]> };

/** {@link JsonShape} of an object: the types that event data may have. */
export type JsonObject<T> = T extends readonly unknown[]
  ? NotJson<"Array: use an object">
  : T extends object
    ? JsonShape<T>
    : object;

/** `T` with every property and every array in it read-only, at any depth. */
export type Immutable<T> = T extends readonly (infer Item)[]
  ? readonly Immutable<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: Immutable<T[K]> }
    : T;

/** Type of an event's data, from its declared type: an object, read-only at any depth. */
export type JsonData<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : never;
