export { ExpectationFailedError, ProjectionFailedError } from "./errors.ts";
export type {
  DocumentIdContext,
  DocumentIds,
  EvolveContext,
  EvolveDocument,
  Projection,
  ProjectionDefinition,
} from "./projection.ts";
export { defineProjection } from "./projection.ts";
export type { GivenEvent, ProjectionExpectations, ProjectionTest } from "./testing/test-projection.ts";
export { testProjection } from "./testing/test-projection.ts";
