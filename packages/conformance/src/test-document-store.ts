import { documentCases } from "./document-cases/index.ts";
import { missingDocumentHook, runDocumentCase } from "./run/run-document-case.ts";
import type { DocumentCase } from "./suite/document-case.ts";
import type { DocumentStoreUnderTest } from "./suite/document-store-under-test.ts";
import { registerCases, type TestRunner } from "./test-runner.ts";

/** The document store under test, the functions of the test runner, and a name for the report. */
export interface DocumentStoreTestOptions<Storage> extends TestRunner, DocumentStoreUnderTest<Storage> {
  /** The name of the store in the test report. */
  readonly name: string;
}

/**
 * Registers the contract of document stores as tests: one test per guarantee, in groups.
 *
 * Tests of capabilities that the manifest does not declare are left out. Instead, one test checks that the methods of
 * the undeclared capabilities are absent, or reject with `AETHER_UNSUPPORTED`. Tests that need a missing hook are
 * skipped, and their names contain the reason.
 *
 * @example
 * ```ts
 * testDocumentStore({
 *   name: "MemoryDocumentStore",
 *   describe,
 *   test,
 *   supports: memoryDocumentStoreSupports,
 *   createStorage: () => "memory",
 *   open: () => new MemoryDocumentStore(),
 * });
 * ```
 */
export function testDocumentStore<Storage>(options: DocumentStoreTestOptions<Storage>): void {
  const declared = documentCases.filter(({ needs }) => needs.every((need) => options.supports[need] === true));
  const reasonToSkip = (documentCase: DocumentCase): string | undefined => {
    const hook = missingDocumentHook(documentCase, options);
    return hook === undefined ? undefined : `the hook ${hook} is missing`;
  };
  options.describe(`${options.name} fulfills the contract of document stores`, () => {
    registerCases(options, declared, (documentCase) => runDocumentCase(options, documentCase), reasonToSkip);
  });
}
