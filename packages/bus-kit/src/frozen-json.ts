/**
 * Returns true if a value can be delivered without a copy, because it can never change and is equal to its JSON copy.
 * The value must be frozen at every depth. It may contain plain properties only, and nothing that JSON omits or alters.
 * Functions, symbols, bigints, numbers that are not finite, and holes in arrays are not detected: `prepareEvent` must
 * have accepted the value.
 */
export function isFrozenJson(value: unknown): boolean {
  try {
    return isFrozenValue(value);
  } catch {
    return false; // a proxy that throws
  }
}

function isFrozenValue(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined && !Object.is(value, -0);
  if (!Object.isFrozen(value)) return false;
  const isArray = Array.isArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== (isArray ? Array.prototype : Object.prototype)) return false;
  return Reflect.ownKeys(value).every((key) => {
    if (isArray && key === "length") return true;
    const property = Reflect.getOwnPropertyDescriptor(value, key);
    const isPlain = typeof key === "string" && property?.enumerable === true && "value" in property;
    return isPlain && (!isArray || isIndex(key, value.length)) && isFrozenValue(property.value);
  });
}

function isIndex(key: string, length: number): boolean {
  const index = Number(key);
  return Number.isInteger(index) && index >= 0 && index < length && String(index) === key;
}
