import { difference } from "./difference.ts";
import { kindOf } from "./show.ts";

/** Maximum number of items of an array, and of characters of a text, that an error contains in full. */
const MAX_ITEMS = 30;
const MAX_CHARACTERS = 300;
/** Number of characters before and after the first difference between two long texts. */
const CONTEXT = 60;

/** Two values that can be compared by a reader: long parts are shortened to the place where the values differ. */
export interface Excerpts {
  readonly expected: unknown;
  readonly actual: unknown;
}

/**
 * Shortens the long parts of two values in the same way, so that a test runner does not print thousands of lines. Long
 * arrays of integers become ranges, such as `"1-999, 1001"`. Of other long arrays, only the first item that differs is
 * kept, and of long texts only the part around the first difference.
 */
export function excerpts(expected: unknown, actual: unknown): Excerpts {
  if (typeof expected === "string" && typeof actual === "string") return textExcerpts(expected, actual);
  if (Array.isArray(expected) && Array.isArray(actual)) return arrayExcerpts(expected, actual);
  if (!isPlain(expected) || !isPlain(actual)) return { expected, actual };
  const [left, right]: [[string, unknown][], [string, unknown][]] = [[], []];
  for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    const part = excerpts(Reflect.get(expected, key), Reflect.get(actual, key));
    if (Object.hasOwn(expected, key)) left.push([key, part.expected]);
    if (Object.hasOwn(actual, key)) right.push([key, part.actual]);
  }
  return { expected: Object.fromEntries(left), actual: Object.fromEntries(right) };
}

function textExcerpts(expected: string, actual: string): Excerpts {
  if (Math.max(expected.length, actual.length) <= MAX_CHARACTERS) return { expected, actual };
  let start = 0;
  while (start < expected.length && expected[start] === actual[start]) start++;
  const from = Math.max(0, (expected === actual ? 0 : start) - CONTEXT);
  const around = (text: string): string =>
    `${text.slice(from, from + 2 * CONTEXT)} (from character ${from} of ${text.length})`;
  return { expected: around(expected), actual: around(actual) };
}

function arrayExcerpts(expected: readonly unknown[], actual: readonly unknown[]): Excerpts {
  if (Math.max(expected.length, actual.length) <= MAX_ITEMS) {
    const pairs = Array.from({ length: Math.max(expected.length, actual.length) }, (_, index) =>
      excerpts(expected[index], actual[index]),
    );
    return {
      expected: pairs.slice(0, expected.length).map((pair) => pair.expected),
      actual: pairs.slice(0, actual.length).map((pair) => pair.actual),
    };
  }
  if ([...expected, ...actual].every(Number.isInteger)) {
    return textExcerpts(inRanges(expected as number[]), inRanges(actual as number[]));
  }
  const path = difference(expected, actual)?.path ?? "[0]";
  const index = Number(/^\[(\d+)\]/.exec(path)?.[1] ?? 0);
  const at = (items: readonly unknown[], item: unknown): object =>
    index < items.length ? { length: items.length, [`[${index}]`]: item } : { length: items.length };
  const item = excerpts(expected[index], actual[index]);
  return { expected: at(expected, item.expected), actual: at(actual, item.actual) };
}

/** Formats integers as ranges: `[1, 2, 3, 5]` becomes `"1-3, 5"`. Descending integers become `"3-1"`. */
function inRanges(integers: readonly number[]): string {
  const ranges: string[] = [];
  for (let start = 0; start < integers.length; ) {
    const first = integers[start] ?? 0;
    const step = (integers[start + 1] ?? first) < first ? -1 : 1;
    let end = start;
    while (end + 1 < integers.length && integers[end + 1] === (integers[end] ?? 0) + step) end++;
    ranges.push(end === start ? String(first) : `${first}-${integers[end]}`);
    start = end + 1;
  }
  return `[${ranges.join(", ")}]`;
}

function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && kindOf(value) === "Object";
}
