const maxDepth = 1_000;

/**
 * Returns the form in which a store keeps JSON data: a deeply frozen copy, without properties that are `undefined`.
 * Values that JSON cannot represent are kept, because the store rejects them.
 */
export function frozenCopy<T>(value: T, depth = 0): T {
  if (typeof value !== "object" || value === null) return Object.is(value, -0) ? (0 as T) : value;
  if (depth > maxDepth) return value;
  if (!isPlain(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((item) => frozenCopy(item, depth + 1))) as T;
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

/** True for an object, not an array, whose copy has everything that the object has. */
export function isPlainObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isPlain(value);
}

/** True if a copy loses nothing of an object or array that a store would reject. */
function isPlain(value: object): boolean {
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  // A copy of an array has only its items, and keeps its class and its gaps.
  if (Array.isArray(value)) return Object.keys(value).length <= value.length;
  if (Object.hasOwn(value, "toJSON") && !Object.keys(value).includes("toJSON")) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || isObjectPrototype(prototype);
}

/** Returns true for the `Object.prototype` of any realm: objects of Jest and `node:vm` are from another one. */
function isObjectPrototype(prototype: unknown): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype as object, "isPrototypeOf");
}
