import { kindOf } from "./show.ts";

/**
 * Returns the path to the first difference between two JSON values. The path is `""` if the values differ as a whole.
 * Returns `undefined` if they are equal. The order of properties does not matter. A missing property differs from a
 * property that is `undefined`. The numbers 0 and -0 are equal.
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

/** Returns the path to the first part of a value that is not frozen, or `undefined` if all parts are frozen. */
export function unfrozenPart(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Object.isFrozen(value)) return "";
  const keys: readonly (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return firstPart(keys, (key) => unfrozenPart(Reflect.get(value, key)));
}

/** Finds the first key for which `pathWithin` returns a path. Returns the key followed by that path. */
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
