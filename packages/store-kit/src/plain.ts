import { classNameOf, describe } from "./describe.ts";

/**
 * Returns the reason why JSON would lose or change an object or an array as a whole, phrased to follow its path. The
 * values of its properties may have further flaws. Returns `undefined` for a plain object or array.
 */
export function plainFlaw(value: object): string | undefined {
  if (!isPlain(value)) return notPlain(value);
  if (Object.getOwnPropertySymbols(value).length > 0) return "has a symbol as a key, which JSON cannot represent";
  // JSON.stringify calls a method `toJSON`, even if it is not enumerable. All other hidden properties have no effect.
  if (Object.hasOwn(value, "toJSON") && !Object.keys(value).includes("toJSON"))
    return "has a hidden method toJSON, which JSON would call: call it yourself";
  return undefined;
}

/** Returns true for literals, from this realm or another, and for objects and arrays without a prototype. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null) return true;
  if (!Array.isArray(value)) return prototype === Object.prototype || isObjectPrototype(prototype);
  // In every realm, `Array.prototype` is itself an array.
  if (prototype === Array.prototype) return true;
  return Array.isArray(prototype) && isObjectPrototype(Object.getPrototypeOf(prototype));
}

/** Returns true for the `Object.prototype` of any realm. */
function isObjectPrototype(value: unknown): boolean {
  return value !== null && Object.getPrototypeOf(value) === null && Object.hasOwn(value as object, "isPrototypeOf");
}

function notPlain(value: object): string {
  if (!Object.hasOwn(Object.getPrototypeOf(value), "constructor"))
    return "inherits from another object, and JSON would lose what it inherits: copy everything into a plain object";
  if (Array.isArray(value))
    return `is an array of the class ${classNameOf(value)}, which JSON cannot represent: use Array.from()`;
  const hint = value instanceof Date ? "use toISOString()" : "use a plain object";
  return `is ${describe(value)}, which JSON cannot represent: ${hint}`;
}
