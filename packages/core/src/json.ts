/** Placeholder for a type that JSON cannot represent. The compile error contains the reason `Why`. */
export interface NotJson<Why extends string> {
  /** Reason, and the type to use instead if there is one. */
  readonly __notJson: Why;
}

/** `T` if JSON can represent it; otherwise `T` with each offending part replaced by {@link NotJson}. */
export type JsonShape<T> = unknown extends T
  ? T
  : T extends string | number | boolean | null | undefined
    ? T
    : T extends bigint
      ? NotJson<"BigInt: use a string">
      : T extends Date
        ? NotJson<"Date: use an ISO 8601 string">
        : T extends symbol | ((...args: never) => unknown) | ReadonlyMap<unknown, unknown> | ReadonlySet<unknown>
          ? NotJson<"JSON cannot represent this">
          : { [K in keyof T]: JsonShape<T[K]> };

/** {@link JsonShape} of an object type. Event data must have such a type. */
export type JsonObject<T> = T extends readonly unknown[]
  ? NotJson<"Array: use an object">
  : T extends object
    ? JsonShape<T>
    : object;

/** `T` with all properties and arrays read-only, at every depth. */
export type Immutable<T> = T extends string | number | boolean
  ? T // Branded text, such as a position, is an object type, too.
  : T extends readonly (infer Item)[]
    ? readonly Immutable<Item>[]
    : T extends object
      ? { readonly [K in keyof T]: Immutable<T[K]> }
      : T;

/** Type of an event's data, derived from the declared type: an object that is read-only at every depth. */
export type JsonData<T> = T extends object ? { readonly [K in keyof T]: Immutable<T[K]> } : never;
