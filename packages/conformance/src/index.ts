export type { BrokenPromise } from "./checks/conformance-error.ts";
export { ConformanceError } from "./checks/conformance-error.ts";
export * from "./history/index.ts";
export { storeCases } from "./store-cases/index.ts";
export type { Damage, Runner, StoreFixture, StorePlaces } from "./suite/fixture.ts";
export { applies, runStoreCase } from "./suite/run-store-case.ts";
export type { Stage, StoreCase } from "./suite/store-case.ts";
export { testEventStore } from "./suite/test-event-store.ts";
