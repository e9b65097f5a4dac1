import { because } from "@aether/core";
import { difference } from "./difference.ts";
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
 * difference. Test runners show `expected` and `actual` as a diff.
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
  /** The behaviour that the contract requires. */
  readonly expected: unknown;
  /** The behaviour of the store or bus. */
  readonly actual: unknown;

  constructor(details: ConformanceErrorDetails) {
    super(describe(details), because(details));
    this.guarantee = details.guarantee;
    this.given = details.given;
    this.expected = details.expected;
    this.actual = details.actual;
  }
}

function describe({ guarantee, given, expected, actual }: ConformanceErrorDetails): string {
  const lines = [
    guarantee,
    `  given:    ${show(given)}`,
    `  expected: ${show(expected)}`,
    `  actual:   ${show(actual)}`,
  ];
  const part = difference(expected, actual);
  if (part !== undefined && part !== "") lines.push(`  differs at ${part.replace(/^\./, "")}`);
  return lines.join("\n");
}
