import { storeCases } from "../store-cases/index.ts";
import { applies, runStoreCase } from "./run-store-case.ts";
import { register } from "./runner.ts";
import type { StoreFixture } from "./store-fixture.ts";

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
  fixture.describe(`${fixture.name} keeps the contract of event stores`, () => {
    register(fixture, applicable, (one) => runStoreCase(fixture, one));
  });
}
