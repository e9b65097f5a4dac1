import { difference } from "./difference.ts";
import { show } from "./show.ts";

/**
 * A decider did not return what a test expects. The message contains the given events, the command, the expected
 * outcome and the actual outcome. Test runners show `expected` and `actual` as a diff.
 *
 * @example
 * ```ts
 * const failure = await given().when({ type: "ShipOrder", carrier: "DHL" }).thenNothing().catch((error) => error);
 * if (failure instanceof DeciderTestError) console.log(failure.expected, failure.actual);
 * ```
 */
export class DeciderTestError extends Error {
  override readonly name: string = "DeciderTestError";
  /** The code of Node's assertion errors, by which test runners recognise a failed assertion. */
  readonly code = "ERR_ASSERTION" as const;
  /** The outcome that the test expects. */
  readonly expected: unknown;
  /** The outcome of the command. */
  readonly actual: unknown;

  constructor(details: DeciderTestErrorDetails) {
    const { given, command, expectation, expected, actual } = details;
    const part = difference(expected, actual);
    const lines = [
      `${command.type}: ${expectation}`,
      `given ${given.length === 0 ? "no events" : given.map(({ eventType }) => eventType).join(", ")}`,
      `when ${show(command)}`,
      `- expected ${show(expected)}`,
      `+ actual ${show(actual)}`,
    ];
    if (part !== undefined && part.path !== "") {
      lines.push(`first difference at ${part.path}: expected ${show(part.expected)}, actual ${show(part.actual)}`);
    }
    super(lines.join("\n"), actual instanceof Error ? { cause: actual } : {});
    this.expected = expected;
    this.actual = actual;
  }
}

/** Constructor details of {@link DeciderTestError}. */
export interface DeciderTestErrorDetails {
  /** The events before the command. */
  readonly given: readonly { readonly eventType: string }[];
  /** The command. */
  readonly command: { readonly type: string };
  /** Description of the expectation, as a sentence. */
  readonly expectation: string;
  /** The outcome that the test expects. */
  readonly expected: unknown;
  /** The outcome of the command. */
  readonly actual: unknown;
}
