/** A part in which two values differ: its path, and its value on both sides. */
export interface Difference {
  /** Path to the part: `[0].data.amount`, or `""` if the values differ as a whole. */
  readonly path: string;
  /** The expected value of the part; `undefined` if it should not exist. */
  readonly expected: unknown;
  /** The actual value of the part; `undefined` if it does not exist. */
  readonly actual: unknown;
}

/**
 * Returns the first difference between two values, or `undefined` if they are equal. As in JSON, the order of
 * properties does not matter, and a property that is `undefined` is the same as a missing one.
 *
 * @param enclosing - expected objects that contain these values: a value that contains itself has no end
 */
export function difference(
  expected: unknown,
  actual: unknown,
  path = "",
  enclosing: readonly unknown[] = [],
): Difference | undefined {
  if (Object.is(expected, actual) || expected === actual) return undefined;
  const whole = { path, expected, actual };
  if (typeof expected !== "object" || typeof actual !== "object" || expected === null || actual === null) return whole;
  if (enclosing.includes(expected)) return undefined;
  if (Object.getPrototypeOf(expected) !== Object.getPrototypeOf(actual)) return whole;
  if (expected instanceof Date) return expected.getTime() === (actual as Date).getTime() ? undefined : whole;
  const within = [...enclosing, expected];
  if (expected instanceof Map || expected instanceof Set) {
    return difference([...expected], [...(actual as Iterable<unknown>)], path, within);
  }
  const isArray = Array.isArray(expected);
  if (isArray && expected.length !== (actual as unknown[]).length) return whole;
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const inner = isArray ? `${path}[${key}]` : `${path}${path === "" ? "" : "."}${key}`;
    const found = difference(Reflect.get(expected, key), Reflect.get(actual, key), inner, within);
    if (found !== undefined) return found;
  }
  return undefined;
}
