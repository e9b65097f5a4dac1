import { abortingMutants } from "./aborting.ts";
import { abortingSaveMutants } from "./aborting-saves.ts";
import { actorMutants } from "./actor-ids.ts";
import { announcementMutants } from "./announcements.ts";
import { batchConflictMutants } from "./batch-conflicts.ts";
import { batchMutants } from "./batches.ts";
import { busyMutants } from "./busy-storage.ts";
import { closingMutants } from "./closing.ts";
import { closingInFlightMutants } from "./closing-in-flight.ts";
import { conflictMutants } from "./conflicts.ts";
import { contentMutants } from "./contents.ts";
import { durabilityMutants } from "./durability.ts";
import { errorOrderMutants } from "./error-order.ts";
import { errorMutants } from "./errors.ts";
import { eventIdMutants } from "./event-ids.ts";
import { timestampMutants } from "./generated-timestamps.ts";
import { immutabilityMutants } from "./immutability.ts";
import { inputMutants } from "./invalid-input.ts";
import { signalMutants } from "./invalid-signals.ts";
import { malformedMutants } from "./malformed-records.ts";
import { manifestMutants } from "./manifest.ts";
import type { Mutant } from "./mutant.ts";
import { positionMutants } from "./positions.ts";
import { raceMutants } from "./races.ts";
import { reopeningMutants } from "./reopening.ts";
import { replayMutants } from "./replay-errors.ts";
import { savingMutants } from "./saving-and-reading.ts";
import { severalMalformedRecordMutants } from "./several-malformed-records.ts";
import { sharedStoreMutants } from "./shared-stores.ts";
import { snapshotMutants } from "./snapshots.ts";
import { streamingMutants } from "./streaming.ts";
import { streamInProgressMutants } from "./streams-in-progress.ts";
import { versionMutants } from "./versions.ts";

/** All broken stores. */
export const mutants: readonly Mutant[] = [
  ...manifestMutants,
  ...savingMutants,
  ...timestampMutants,
  ...eventIdMutants,
  ...contentMutants,
  ...versionMutants,
  ...conflictMutants,
  ...raceMutants,
  ...batchMutants,
  ...batchConflictMutants,
  ...immutabilityMutants,
  ...inputMutants,
  ...signalMutants,
  ...actorMutants,
  ...positionMutants,
  ...streamingMutants,
  ...streamInProgressMutants,
  ...replayMutants,
  ...severalMalformedRecordMutants,
  ...malformedMutants,
  ...snapshotMutants,
  ...durabilityMutants,
  ...reopeningMutants,
  ...sharedStoreMutants,
  ...busyMutants,
  ...announcementMutants,
  ...closingMutants,
  ...closingInFlightMutants,
  ...abortingMutants,
  ...abortingSaveMutants,
  ...errorOrderMutants,
  ...errorMutants,
];
