import { kindOf } from "./show.ts";

/**
 * Tells whether two JSON values are the same: by their own properties, in any order. A property that is missing and one
 * that is `undefined` differ; 0 and -0 do not.
 */
export function same(left: unknown, right: unknown): boolean {
  if (left === right || Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (kindOf(left) !== kindOf(right)) return false;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, index) => same(item, right[index]));
  }
  const keys = Object.keys(left);
  return (
    kindOf(left) === "Object" &&
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && same(Reflect.get(left, key), Reflect.get(right, key)))
  );
}
