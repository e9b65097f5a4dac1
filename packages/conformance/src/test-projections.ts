import { projectionCases } from "./projection-cases/index.ts";
import { caseTimeoutOf, runProjectionCase } from "./run/run-projection-case.ts";
import type { ProjectionsUnderTest } from "./suite/projections-under-test.ts";
import { registerCases, type TestRunner } from "./test-runner.ts";

/** The pair of stores under test, the functions of the test runner, and a name for the report. */
export interface ProjectionTestOptions<Storage> extends TestRunner, ProjectionsUnderTest<Storage> {
  /** The name of the pair in the test report. */
  readonly name: string;
}

/** Time for closing the stores after a case, in milliseconds. */
const CLOSING_MS = 10_000;

/**
 * Registers the guarantees of projections on a pair of stores as tests: one test per guarantee, in groups. Each
 * compares the documents with a plain fold over the feed, after random crashes, lost answers, takeovers and rebuilds.
 *
 * @example
 * ```ts
 * testProjections({
 *   name: "projections in memory",
 *   describe,
 *   test,
 *   run: (store, sample, options) => runProjection(store, defineProjection(sample), options),
 *   createStorage: () => undefined,
 *   open: () => ({ store: new MemoryEventStore(), documents: new MemoryDocumentStore() }),
 * });
 * ```
 */
export function testProjections<Storage>(options: ProjectionTestOptions<Storage>): void {
  const timeoutMs = caseTimeoutOf(options) + CLOSING_MS;
  options.describe(`${options.name} keep the documents of a plain fold`, () => {
    registerCases(options, projectionCases, (each) => runProjectionCase(options, each), undefined, timeoutMs);
  });
}
