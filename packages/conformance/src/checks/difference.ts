import { kindOf } from "./show.ts";

/** The value of a property or an item that one of two compared values does not have. */
export const ABSENT: unique symbol = Symbol("absent");

/** The first part in which two JSON values differ: its path, and its value on both sides. */
export interface Difference {
  /** Path to the part: `.data.lines[3]`, or `""` if the values differ as a whole. */
  readonly path: string;
  /** The left value of the part, or {@link ABSENT}. */
  readonly left: unknown;
  /** The right value of the part, or {@link ABSENT}. */
  readonly right: unknown;
}

/**
 * Returns the first difference between two JSON values, or `undefined` if they are equal. The order of properties does
 * not matter. A missing property differs from a property that is `undefined`. The numbers 0 and -0 are equal.
 */
export function difference(left: unknown, right: unknown): Difference | undefined {
  if (left === right || Object.is(left, right)) return undefined;
  const whole = { path: "", left, right };
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return whole;
  if (kindOf(left) !== kindOf(right)) return whole;
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
      const found = difference(itemAt(left, index), itemAt(right, index));
      if (found !== undefined) return { ...found, path: `[${index}]${found.path}` };
    }
    return undefined;
  }
  if (kindOf(left) !== "Object") return whole;
  for (const key of Object.keys(left)) {
    const found = difference(propertyOf(left, key), propertyOf(right, key));
    if (found !== undefined) return { ...found, path: `${pathTo(key)}${found.path}` };
  }
  const added = Object.keys(right).find((key) => !Object.hasOwn(left, key));
  return added === undefined ? undefined : { path: pathTo(added), left: ABSENT, right: propertyOf(right, added) };
}

/** Returns the path to the first part of a value that is not frozen, or `undefined` if all parts are frozen. */
export function unfrozenPart(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (!Object.isFrozen(value)) return "";
  const isArray = Array.isArray(value);
  for (const key of Object.keys(value)) {
    const rest = unfrozenPart(Reflect.get(value, key));
    if (rest !== undefined) return `${isArray ? `[${key}]` : pathTo(key)}${rest}`;
  }
  return undefined;
}

function itemAt(items: readonly unknown[], index: number): unknown {
  return index in items ? items[index] : ABSENT;
}

function propertyOf(object: object, key: string): unknown {
  return Object.hasOwn(object, key) ? Reflect.get(object, key) : ABSENT;
}

function pathTo(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
