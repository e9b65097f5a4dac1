import { checkCount, readFields } from "@aether/store-kit";
import { checkProjectionName } from "../projection.ts";
import { type ProjectionVersion, processorOf } from "./stored-projection.ts";

/**
 * Returns the name of the processor that keeps a version of a projection current in a document store, for
 * `processorProgress` and `waitForProcessor` of `@aether/processor`.
 *
 * @param projection - a definition, a running projection, or the name and the version of one
 * @throws `AETHER_INVALID_ARGUMENT`
 *
 * @example
 * ```ts
 * const progress = await processorProgress(documents, processorNameOf(orderSummaries));
 * console.log(progress?.handledUpTo, progress?.failure);
 * ```
 */
export function processorNameOf(projection: ProjectionVersion): string {
  const { name, version } = readFields(projection, "projection", ["name", "version"]);
  checkProjectionName(name, "projection.name");
  checkCount(version, "projection.version", 1);
  return processorOf({ name, version });
}
