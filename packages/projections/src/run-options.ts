import { type CallOptions, type DocumentStore, type Event, invalid, supports } from "@aether/core";
import type { ProcessorOptions } from "@aether/processor";
import { checkCount, PARTITION_COUNT, readFields, readSignal } from "@aether/store-kit";
import type { Projection } from "./projection.ts";
import type { ProjectionStatus } from "./running-projection.ts";

/** Options of `runProjection`. */
export interface RunProjectionOptions
  extends CallOptions,
    Pick<ProcessorOptions, "leaseMs" | "stopTimeoutMs" | "onMalformed" | "random" | "clock"> {
  /**
   * Store of the documents, checkpoints and leases. The application closes it. Processes share a projection only if
   * they share the documents.
   * @default none: the documents are in memory, and are built from the first event at each start
   */
  readonly documents?: DocumentStore | undefined;
  /**
   * Number of partitions: 1, or 16 so that up to sixteen processes share the work. It cannot be changed later. With
   * `documentId`, each of the 16 owners reads all events and keeps the documents of its partition.
   * @default 1
   */
  readonly partitions?: 1 | 16 | undefined;
  /**
   * Maximum number of events that are folded together. Each document of these events is written once. Batches are large
   * only while the projection catches up: otherwise, events are handled at once. The waiting events of all partitions
   * together have at most about 8 MB, so batches of large events end earlier.
   * @default 10_000
   */
  readonly maxBatchEvents?: number | undefined;
  /**
   * Called when the status of the projection changes.
   * @default none
   */
  readonly onStatus?: ((status: ProjectionStatus) => void) | undefined;
}

/** The options, checked, with the defaults filled in. */
export type ResolvedRunOptions = Omit<RunProjectionOptions, "partitions" | "maxBatchEvents"> & {
  readonly partitions: 1 | 16;
  readonly maxBatchEvents: number;
};

const fields = [
  "documents",
  "partitions",
  "maxBatchEvents",
  "leaseMs",
  "stopTimeoutMs",
  "onMalformed",
  "random",
  "clock",
  "onStatus",
] as const satisfies (keyof RunProjectionOptions)[];

/** Checks the options and fills in the defaults. @throws `AETHER_INVALID_ARGUMENT` */
export function resolveRunOptions<E extends Event, D extends object>(
  projection: Projection<E, D>,
  options: RunProjectionOptions,
): ResolvedRunOptions {
  const signal = readSignal(options);
  const given = readFields(options, "options", fields);
  const { documents, partitions = 1, maxBatchEvents = 10_000 } = given;
  if (!Array.isArray(projection?.eventTypes)) throw invalid("projection", "must be the result of defineProjection");
  if (documents !== undefined && typeof documents?.putDocument !== "function")
    throw invalid("options.documents", "must be a document store");
  if (partitions !== 1 && partitions !== PARTITION_COUNT) throw invalid("options.partitions", "must be 1 or 16");
  checkCount(maxBatchEvents, "options.maxBatchEvents", 1);
  if (documents === undefined && partitions !== 1)
    throw invalid("options.partitions", "must be 1 if the documents are in memory, where only one process has them");
  if (projection.readsDocuments === true && documents !== undefined) {
    if (partitions !== 1)
      throw invalid(
        "options.partitions",
        "must be 1, because the projection reads documents, and those of other partitions may be at another position",
      );
    if (!supports(documents, "atomic"))
      throw invalid(
        "options.documents",
        "must be atomic, because the projection reads documents: after a crash between two writes, it would read " +
          "documents with later events; derive the ids from the event or from its actor's history instead",
      );
  }
  return { ...given, signal, partitions, maxBatchEvents };
}
