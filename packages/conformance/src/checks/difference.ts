import { kindOf } from "./show.ts";

/**
 * Returns the path to the first part in which two JSON values differ: `""` for the values themselves, `undefined` if
 * they are equal. The order of properties does not matter. A missing property differs from one that is `undefined`; 0
 * equals -0.
 */
export function difference(left: unknown, right: unknown): string | undefined {
  if (left === right || Object.is(left, right)) return undefined;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return "";
  if (kindOf(left) !== kindOf(right)) return "";
  if (Array.isArray(left) && Array.isArray(right)) {
    const longer = left.length > right.length ? left : right;
    return firstPart([...longer.keys()], (index) =>
      index in left && index in right ? difference(left[index], right[index]) : "",
    );
  }
  if (kindOf(left) !== "Object") return "";
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return firstPart([...keys], (key) =>
    Object.hasOwn(left, key) && Object.hasOwn(right, key)
      ? difference(Reflect.get(left, key), Reflect.get(right, key))
      : "",
  );
}

/** Returns the path to the first part of a value that is not frozen; `undefined` if all parts are frozen. */
export function unfrozenPart(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Object.isFrozen(value)) return "";
  const keys: readonly (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return firstPart(keys, (key) => unfrozenPart(Reflect.get(value, key)));
}

/** Returns the key of the first part that has a path within it, followed by that path. */
function firstPart<Key extends string | number>(
  keys: readonly Key[],
  pathWithin: (key: Key) => string | undefined,
): string | undefined {
  for (const key of keys) {
    const rest = pathWithin(key);
    if (rest === undefined) continue;
    return typeof key === "number" ? `[${key}]${rest}` : `.${key}${rest}`;
  }
  return undefined;
}
