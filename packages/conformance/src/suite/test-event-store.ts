import { storeCases } from "../store-cases/index.ts";
import type { StoreFixture } from "./fixture.ts";
import { applies, runStoreCase } from "./run-store-case.ts";

/**
 * Registers the contract of event stores as tests of a store: one test for each promise, grouped by theme. Cases of
 * capabilities that the manifest does not declare are left out; that these are absent or refuse is a case of its own.
 *
 * @example
 * ```ts
 * testEventStore({
 *   name: "MemoryEventStore",
 *   describe,
 *   test,
 *   supports: memoryStoreSupports,
 *   createPlace: () => "memory",
 *   open: () => new MemoryEventStore(),
 * });
 * ```
 */
export function testEventStore<Place>(fixture: StoreFixture<Place>): void {
  const applicable = storeCases.filter((one) => applies(one, fixture));
  const themes = new Set(applicable.map(({ theme }) => theme));
  fixture.describe(`${fixture.name} keeps the contract of event stores`, () => {
    for (const theme of themes) {
      fixture.describe(theme, () => {
        for (const one of applicable.filter((each) => each.theme === theme)) {
          fixture.test(one.name, () => runStoreCase(fixture, one));
        }
      });
    }
  });
}
