/**
 * Returns a copy of a value at every depth, in which nothing is frozen. With `withInstances`, class instances are
 * copied, too: only for comparisons, because methods may not work on the copies.
 */
export function deepCopy<T>(value: T, withInstances: boolean, copies: Map<unknown, unknown> = new Map()): T {
  if (typeof value !== "object" || value === null) return value;
  if (copies.has(value)) return copies.get(value) as T;
  const copy = emptyCopyOf(value, withInstances);
  copies.set(value, copy); // before its parts, which may contain it
  if (copy === value) return value;
  const partOf = (part: unknown): unknown => deepCopy(part, withInstances, copies);
  // Map keys and members of sets stay the same objects, so that they are found.
  if (value instanceof Map) for (const [key, part] of value) (copy as Map<unknown, unknown>).set(key, partOf(part));
  else if (value instanceof Set) for (const member of value) (copy as Set<unknown>).add(member);
  else for (const [key, part] of Object.entries(value)) Reflect.set(copy, key, partOf(part));
  return copy as T;
}

/** Returns an object like another one, but without its contents; the object itself if there can be none. */
function emptyCopyOf(value: object, withInstances: boolean): object {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return Object.create(prototype);
  if (prototype === Array.prototype) return new Array((value as unknown[]).length);
  if (prototype === Map.prototype) return new Map();
  if (prototype === Set.prototype) return new Set();
  if (prototype === Date.prototype) return new Date(value as Date);
  const isOwnClass = ![Array, Map, Set, Date].some((builtIn) => value instanceof builtIn);
  return withInstances && isOwnClass ? Object.create(prototype as object) : value;
}
