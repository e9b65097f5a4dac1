import { show } from "./show.ts";

/** What {@link ConformanceError} is made of. */
export interface BrokenPromise {
  /** The sentence of the contract that does not hold. */
  readonly promise: string;
  /** What the store was given. */
  readonly given: unknown;
  readonly expected: unknown;
  readonly actual: unknown;
  /** What the store threw, where it threw something. */
  readonly cause?: unknown;
}

/**
 * A store broke a promise of the contract. The message says which, by what input, and what was expected and seen;
 * `expected` and `actual` are what runners show as a difference.
 */
export class ConformanceError extends Error {
  override readonly name: string = "ConformanceError";
  /** The code of Node's assertion errors: runners tell by it that a check failed, not the test's own code. */
  readonly code = "ERR_ASSERTION" as const;
  readonly promise: string;
  readonly given: unknown;
  readonly expected: unknown;
  readonly actual: unknown;

  constructor({ promise, given, expected, actual, cause }: BrokenPromise) {
    super(
      `${promise}\n  given:    ${show(given)}\n  expected: ${show(expected)}\n  actual:   ${show(actual)}`,
      cause === undefined ? {} : { cause },
    );
    this.promise = promise;
    this.given = given;
    this.expected = expected;
    this.actual = actual;
  }
}
