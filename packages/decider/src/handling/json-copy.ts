const maxDepth = 1_000;

/**
 * Returns the form in which a store keeps JSON data: a deeply frozen copy, without properties that are `undefined`.
 * Values that JSON cannot represent are kept, because the store rejects them.
 */
export function frozenCopy<T>(value: T, depth = 0): T {
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? (0 as T) : value;
  if (depth > maxDepth) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(item, depth + 1))) as T;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const property = (value as Record<string, unknown>)[key];
    if (property === undefined) continue;
    const kept = typeof property === "string" ? property : frozenCopy(property, depth + 1);
    // An assignment would set the prototype.
    if (key === "__proto__") Object.defineProperty(copy, key, { value: kept, enumerable: true });
    else copy[key] = kept;
  }
  return Object.freeze(copy) as T;
}
