import { quote } from "@aether/core";
import { differences } from "./differences.ts";

/**
 * A projection did not make the document that a test expects. The message contains the differences. Test runners show
 * `expected` and `actual` as a diff.
 *
 * @example
 * ```ts
 * const failure = await testProjection(orderSummaries)
 *   .given({ actorId: "order-1", eventType: "OrderPlaced", data: { item: "lamp" } })
 *   .expectNone("order-1")
 *   .catch((error) => error);
 * if (failure instanceof ProjectionTestError) console.log(failure.expected, failure.actual);
 * ```
 */
export class ProjectionTestError extends Error {
  override readonly name: string = "ProjectionTestError";
  /** The code of Node's assertion errors, by which test runners recognise a failed assertion. */
  readonly code = "ERR_ASSERTION" as const;
  /** Id of the document. */
  readonly documentId: string;
  /** The expected document; `undefined` if none is expected. */
  readonly expected: object | undefined;
  /** The document; `undefined` if it does not exist. */
  readonly actual: object | undefined;

  constructor(documentId: string, expected: object | undefined, actual: object | undefined) {
    super(`document ${quote(documentId)} is not as expected:\n${differences(actual, expected)}`);
    this.documentId = documentId;
    this.expected = expected;
    this.actual = actual;
  }
}
