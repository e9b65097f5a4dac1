import { missingHook } from "./run/missing-hook.ts";
import { runStoreCase } from "./run/run-store-case.ts";
import { storeCases } from "./store-cases/index.ts";
import type { StoreCase } from "./suite/store-case.ts";
import type { StoreUnderTest } from "./suite/store-under-test.ts";
import { registerCases, type TestRunner } from "./test-runner.ts";

/** The store under test, the functions of the test runner, and a name for the report. */
export interface EventStoreTestOptions<Storage> extends TestRunner, StoreUnderTest<Storage> {
  /** The name of the store in the test report. */
  readonly name: string;
}

/**
 * Registers the contract of event stores as tests: one test per guarantee, in groups.
 *
 * Tests of capabilities that the manifest does not declare are left out. Instead, one test checks that the methods of
 * the undeclared capabilities are absent, or reject with `AETHER_UNSUPPORTED`. Tests that need a missing hook are
 * skipped, and their names contain the reason.
 *
 * @example
 * ```ts
 * testEventStore({
 *   name: "MemoryEventStore",
 *   describe,
 *   test,
 *   supports: memoryStoreSupports,
 *   createStorage: () => "memory",
 *   open: () => new MemoryEventStore(),
 * });
 * ```
 */
export function testEventStore<Storage>(options: EventStoreTestOptions<Storage>): void {
  const declared = storeCases.filter(({ needs }) => needs.every((need) => options.supports[need] === true));
  const reasonToSkip = (storeCase: StoreCase): string | undefined => {
    const hook = missingHook(storeCase, options);
    return hook === undefined ? undefined : `the hook ${hook} is missing`;
  };
  options.describe(`${options.name} fulfills the contract of event stores`, () => {
    registerCases(options, declared, (storeCase) => runStoreCase(options, storeCase), reasonToSkip);
  });
}
