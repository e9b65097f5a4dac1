import { applies, runStoreCase } from "./run/run-store-case.ts";
import { storeCases } from "./store-cases/index.ts";
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
 * the undeclared capabilities are absent, or reject with `AETHER_UNSUPPORTED`.
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
  const applicable = storeCases.filter((storeCase) => applies(storeCase, options));
  options.describe(`${options.name} fulfills the contract of event stores`, () => {
    registerCases(options, applicable, (storeCase) => runStoreCase(options, storeCase));
  });
}
