import { busCases } from "../bus-cases/index.ts";
import type { BusSetting } from "./bus-case.ts";
import type { BusFixture } from "./bus-fixture.ts";
import { runBusCase } from "./run-bus-case.ts";
import { register } from "./runner.ts";

/**
 * Registers the contract of event buses as tests of a bus: one test for each promise, grouped by theme; for buses that are
 * `shared` within one bus and between two.
 *
 * @example
 * ```ts
 * testEventBus({
 *   name: "MemoryEventBus",
 *   describe,
 *   test,
 *   shared: false,
 *   createPlace: () => undefined,
 *   open: () => new MemoryEventBus(),
 * });
 * ```
 */
export function testEventBus<Place>(fixture: BusFixture<Place>): void {
  const settings: readonly BusSetting[] = fixture.shared ? ["one bus", "two buses"] : ["one bus"];
  fixture.describe(`${fixture.name} keeps the contract of event buses`, () => {
    for (const setting of settings) {
      const cases = busCases.filter((one) => one.settings.includes(setting));
      fixture.describe(setting, () => register(fixture, cases, (one) => runBusCase(fixture, one, setting)));
    }
  });
}
