import { because } from "@aether/core";
import { ABSENT, difference } from "./difference.ts";
import { type Excerpts, excerpts } from "./excerpt.ts";
import { show } from "./show.ts";

/** Constructor options of {@link ConformanceError}. */
export interface ConformanceErrorDetails {
  /** The broken guarantee of the contract, as one sentence. */
  readonly guarantee: string;
  /** The input: a call, or the events that were saved or published. */
  readonly given: unknown;
  /** The behaviour that the contract requires. */
  readonly expected: unknown;
  /** The behaviour of the store or bus. */
  readonly actual: unknown;
  /** The underlying error, if any. */
  readonly cause?: unknown;
}

/**
 * A store or a bus broke a guarantee of the contract. The message contains the guarantee, the input, and the expected
 * and the actual behaviour. If only part of a value differs, the message also contains the path to the first
 * difference, and both values there. Test runners show `expected` and `actual` as a diff.
 *
 * @example
 * ```ts
 * try {
 *   await runStoreCase(storeUnderTest, storeCase);
 * } catch (error) {
 *   if (error instanceof ConformanceError) console.log(error.guarantee, error.expected, error.actual);
 * }
 * ```
 */
export class ConformanceError extends Error {
  override readonly name: string = "ConformanceError";
  /** The code of Node's assertion errors, by which test runners recognise a failed assertion. */
  readonly code = "ERR_ASSERTION" as const;
  /** The broken guarantee of the contract, as one sentence. */
  readonly guarantee: string;
  /** The input: a call, or the events that were saved or published. */
  readonly given: unknown;
  /** The behaviour that the contract requires. Long arrays and texts are shortened to the part that differs. */
  readonly expected: unknown;
  /** The behaviour of the store or bus, shortened like `expected`. */
  readonly actual: unknown;

  constructor(details: ConformanceErrorDetails) {
    const shown = excerpts(details.expected, details.actual);
    super(describe(details, shown), because(details));
    this.guarantee = details.guarantee;
    this.given = details.given;
    this.expected = shown.expected;
    this.actual = shown.actual;
  }
}

function describe(details: ConformanceErrorDetails, shown: Excerpts): string {
  const lines = [
    details.guarantee,
    `  given:    ${show(details.given)}`,
    `  expected: ${show(shown.expected)}`,
    `  actual:   ${show(shown.actual)}`,
  ];
  const part = difference(details.expected, details.actual);
  if (part !== undefined && part.path !== "") {
    const { expected, actual } = excerpts(part.left, part.right);
    lines.push(
      `  differs at ${part.path.replace(/^\./, "")}: expected ${showPart(expected)}, actual ${showPart(actual)}`,
    );
  }
  return lines.join("\n");
}

function showPart(part: unknown): string {
  return part === ABSENT ? "nothing" : show(part);
}
