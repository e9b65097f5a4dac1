export { dropProjection } from "./documents/drop-projection.ts";
export { processorNameOf } from "./documents/processor-name-of.ts";
export type { ProjectionVersion } from "./documents/stored-projection.ts";
export { NotLiveError, ProjectionDroppedError, ProjectionFailedError } from "./errors.ts";
export type { ProjectionProgress } from "./progress.ts";
export type {
  DocumentIdContext,
  DocumentIds,
  EvolveContext,
  EvolveDocument,
  Projection,
  ProjectionDefinition,
} from "./projection.ts";
export { defineProjection } from "./projection.ts";
export type { ReadProjectionOptions } from "./read-projection.ts";
export { readProjection } from "./read-projection.ts";
export type {
  AtLeast,
  ProjectedDocument,
  ProjectionChange,
  ProjectionListOptions,
  ProjectionReader,
  ProjectionReadOptions,
  ProjectionReads,
  ProjectionWaitOptions,
} from "./reading/projection-reads.ts";
export type { RunProjectionOptions } from "./run-options.ts";
export { runProjection } from "./run-projection.ts";
export type { ProjectionStatus, RunningProjection } from "./running-projection.ts";
export { ProjectionTestError } from "./testing/projection-test-error.ts";
export type { GivenEvent, ProjectionExpectations, ProjectionTest } from "./testing/test-projection.ts";
export { testProjection } from "./testing/test-projection.ts";
