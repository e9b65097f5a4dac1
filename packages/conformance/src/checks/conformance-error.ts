import { difference } from "./difference.ts";
import { show } from "./show.ts";

/** What {@link ConformanceError} is made of. */
export interface BrokenPromise {
  /** The sentence of the contract that does not hold. */
  readonly promise: string;
  /** What the store or the bus was given. */
  readonly given: unknown;
  /** What it should have done. */
  readonly expected: unknown;
  /** What it did. */
  readonly actual: unknown;
  /** What it threw, where it threw something. */
  readonly cause?: unknown;
}

/**
 * A store or a bus broke a promise of the contract. The message says which, by what input, what was expected and seen, and in
 * which part the two differ; `expected` and `actual` are what runners show as a difference.
 *
 * @example
 * ```ts
 * try {
 *   await runStoreCase(places, one);
 * } catch (error) {
 *   if (error instanceof ConformanceError) console.log(error.promise, error.expected, error.actual);
 * }
 * ```
 */
export class ConformanceError extends Error {
  override readonly name: string = "ConformanceError";
  /** The code of Node's assertion errors: runners tell by it that a check failed, and not the test's own code. */
  readonly code = "ERR_ASSERTION" as const;
  /** What the store or bus owes. */
  readonly promise: string;
  /** What it was given. */
  readonly given: unknown;
  /** What it should have done. */
  readonly expected: unknown;
  /** What it did. */
  readonly actual: unknown;

  constructor(broken: BrokenPromise) {
    super(describe(broken), broken.cause === undefined ? {} : { cause: broken.cause });
    this.promise = broken.promise;
    this.given = broken.given;
    this.expected = broken.expected;
    this.actual = broken.actual;
  }
}

function describe({ promise, given, expected, actual }: BrokenPromise): string {
  const lines = [promise, `  given:    ${show(given)}`, `  expected: ${show(expected)}`, `  actual:   ${show(actual)}`];
  const part = difference(expected, actual);
  if (part !== undefined && part !== "") lines.push(`  differs:  at ${part.replace(/^\./, "")}`);
  return lines.join("\n");
}
