import { registerCases, type TestRunner } from "../test-runner.ts";
import { processCases } from "./process-cases.ts";
import { DEFAULT_CASE_TIMEOUT_MS, runProcessCase, type StoreInProcesses } from "./run-process-case.ts";

/** The store under test, the functions of the test runner, and a name for the report. */
export interface ProcessTestOptions<Storage> extends TestRunner, StoreInProcesses<Storage> {
  /** The name of the store in the test report. */
  readonly name: string;
}

/** Time that the test runner allows in addition, in milliseconds, because only the suite can name the pending call. */
const GRACE_MS = 10_000;

/**
 * Registers tests in which several processes use the same storage: they save, read and follow at once, and one of them
 * is killed. The history of all calls is checked with `checkHistory`. For stores whose manifest declares `shared`; for
 * others, the tests are skipped. Needs Node.js.
 *
 * @example
 * ```ts
 * testEventStoreInProcesses({
 *   name: "JetStreamEventStore",
 *   describe,
 *   test,
 *   supports: jetStreamStoreSupports,
 *   processModule: "test/store-process.mjs", // it calls runStoreProcess
 *   createStorage: () => `orders-${crypto.randomUUID()}`,
 * });
 * ```
 */
export function testEventStoreInProcesses<Storage>(options: ProcessTestOptions<Storage>): void {
  const { name, describe, test, supports, caseTimeoutMs = DEFAULT_CASE_TIMEOUT_MS } = options;
  const cases = processCases.filter(({ needs }) => needs.every((need) => supports[need] === true));
  const withTimeout = Object.assign(
    (title: string, body: () => Promise<void>) => test(title, body, caseTimeoutMs + GRACE_MS),
    test.skip === undefined ? {} : { skip: test.skip },
  );
  describe(`${name} fulfills the contract of shared event stores`, () => {
    registerCases(
      { describe, test: withTimeout },
      cases,
      (processCase) => runProcessCase(options, processCase),
      () => (supports.shared ? undefined : "stores are not shared"),
    );
  });
}
