import { busCases } from "./bus-cases/index.ts";
import { runBusCase } from "./run/run-bus-case.ts";
import type { BusSetup } from "./suite/bus-case.ts";
import type { BusUnderTest } from "./suite/bus-under-test.ts";
import { registerCases, type TestRunner } from "./test-runner.ts";

/** The bus under test, the functions of the test runner, and a name for the report. */
export interface EventBusTestOptions<Channel> extends TestRunner, BusUnderTest<Channel> {
  /** The name of the bus in the test report. */
  readonly name: string;
}

/**
 * Registers the contract of event buses as tests: one test per guarantee, in groups. If buses are `shared`, most tests
 * run twice: on a single bus, and from one bus to another.
 *
 * @example
 * ```ts
 * testEventBus({
 *   name: "MemoryEventBus",
 *   describe,
 *   test,
 *   shared: false,
 *   createChannel: () => undefined,
 *   open: () => new MemoryEventBus(),
 * });
 * ```
 */
export function testEventBus<Channel>(options: EventBusTestOptions<Channel>): void {
  const setups: readonly BusSetup[] = options.shared ? ["one bus", "two buses"] : ["one bus"];
  options.describe(`${options.name} fulfills the contract of event buses`, () => {
    for (const setup of setups) {
      const cases = busCases.filter((busCase) => busCase.setups.includes(setup));
      options.describe(setup, () => registerCases(options, cases, (busCase) => runBusCase(options, busCase, setup)));
    }
  });
}
