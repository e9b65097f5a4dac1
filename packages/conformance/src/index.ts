export { busCases } from "./bus-cases/index.ts";
export { ConformanceError, type ConformanceErrorDetails } from "./checks/conformance-error.ts";
export { documentCases } from "./document-cases/index.ts";
export { checkHistory } from "./history/check-history.ts";
export type {
  History,
  HistoryRule,
  HistoryViolation,
  RecordedCall,
  RecordedEvent,
  RecordedFeedEvent,
  RecordedOperation,
  RecordedPage,
  RecordedRead,
  RecordedReceipt,
  RecordedSave,
  RecordedVersionRead,
  SaveOutcome,
} from "./history/history.ts";
export { contentOf, recordedEvent } from "./history/recorded-event.ts";
export { type RecordingOptions, RecordingStore } from "./history/recording-store.ts";
export type { StoreInProcesses } from "./processes/run-process-case.ts";
export { runStoreProcess } from "./processes/run-store-process.ts";
export { type ProcessTestOptions, testEventStoreInProcesses } from "./processes/test-event-store-in-processes.ts";
export { projectionCases } from "./projection-cases/index.ts";
export { runBusCase } from "./run/run-bus-case.ts";
export { documentCaseApplies, runDocumentCase } from "./run/run-document-case.ts";
export { runProjectionCase } from "./run/run-projection-case.ts";
export { applies, runStoreCase } from "./run/run-store-case.ts";
export { storeCases } from "./store-cases/index.ts";
export type { BusCase, BusCaseContext, BusSetup } from "./suite/bus-case.ts";
export type { BusUnderTest } from "./suite/bus-under-test.ts";
export type { DocumentCase, DocumentCaseContext, DocumentStoreCapabilities } from "./suite/document-case.ts";
export type { DocumentDamage, DocumentStoreUnderTest } from "./suite/document-store-under-test.ts";
export type { ProjectionCase, ProjectionCaseContext } from "./suite/projection-case.ts";
export type {
  EvolveSample,
  OpenPair,
  ProjectedEvent,
  ProjectedValue,
  ProjectionSample,
  ProjectionSampleOptions,
  ProjectionsUnderTest,
  ProjectionWait,
  RunningSample,
} from "./suite/projections-under-test.ts";
export type { StoreCase, StoreCaseContext, StoreHook } from "./suite/store-case.ts";
export type { AnnouncementRecorder, Release, StorageDamage, StoreUnderTest } from "./suite/store-under-test.ts";
export { type DocumentStoreTestOptions, testDocumentStore } from "./test-document-store.ts";
export { type EventBusTestOptions, testEventBus } from "./test-event-bus.ts";
export { type EventStoreTestOptions, testEventStore } from "./test-event-store.ts";
export { type ProjectionTestOptions, testProjections } from "./test-projections.ts";
export type { TestFunction, TestRunner } from "./test-runner.ts";
