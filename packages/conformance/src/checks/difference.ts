import { kindOf } from "./show.ts";

/**
 * The path to the first part in which two JSON values differ, `""` for the values themselves; `undefined` if they are
 * the same. The order of properties does not matter. A property that is missing and one that is `undefined` differ; 0
 * and -0 do not.
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

/** The path to the first part of a value that is not frozen; `undefined` if it is frozen at every depth. */
export function unfrozenPart(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Object.isFrozen(value)) return "";
  const keys: readonly (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return firstPart(keys, (key) => unfrozenPart(Reflect.get(value, key)));
}

/** The path to the first part for which there is one: its key, and the path within it. */
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
