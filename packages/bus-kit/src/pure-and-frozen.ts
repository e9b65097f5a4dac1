/**
 * Tells whether a value that JSON can carry is what its copy would be, and can never be anything else: frozen at every
 * depth, nothing but plain properties, nothing that JSON leaves out or changes.
 */
export function isPureAndFrozen(value: unknown): boolean {
  try {
    return isSo(value);
  } catch {
    return false; // a proxy that does not want to be looked at
  }
}

function isSo(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined && !Object.is(value, -0);
  if (!Object.isFrozen(value)) return false;
  const isArray = Array.isArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== (isArray ? Array.prototype : Object.prototype)) return false;
  return Reflect.ownKeys(value).every((key) => {
    if (isArray && key === "length") return true;
    const property = Reflect.getOwnPropertyDescriptor(value, key);
    const isOrdinary = typeof key === "string" && property?.enumerable === true && "value" in property;
    return isOrdinary && (!isArray || isIndex(key, value.length)) && isSo(property.value);
  });
}

function isIndex(key: string, length: number): boolean {
  return String(Number(key)) === key && Number(key) < length;
}
