import { abortingMutants } from "./aborting.ts";
import { actorMutants } from "./actor-ids.ts";
import { announcementMutants } from "./announcements.ts";
import { batchMutants } from "./batches.ts";
import { busyMutants } from "./busy-storage.ts";
import { closingMutants } from "./closing.ts";
import { conflictMutants } from "./conflicts.ts";
import { durabilityMutants } from "./durability.ts";
import { errorOrderMutants } from "./error-order.ts";
import { immutabilityMutants } from "./immutability.ts";
import { inputMutants } from "./invalid-input.ts";
import { signalMutants } from "./invalid-signals.ts";
import { malformedMutants } from "./malformed-records.ts";
import { manifestMutants } from "./manifest.ts";
import type { Mutant } from "./mutant.ts";
import { positionMutants } from "./positions.ts";
import { raceMutants } from "./races.ts";
import { replayMutants } from "./replay-errors.ts";
import { savingMutants } from "./saving-and-reading.ts";
import { sharedStoreMutants } from "./shared-stores.ts";
import { snapshotMutants } from "./snapshots.ts";
import { streamingMutants } from "./streaming.ts";
import { versionMutants } from "./versions.ts";

/** All broken stores. */
export const mutants: readonly Mutant[] = [
  ...manifestMutants,
  ...savingMutants,
  ...versionMutants,
  ...conflictMutants,
  ...raceMutants,
  ...batchMutants,
  ...immutabilityMutants,
  ...inputMutants,
  ...signalMutants,
  ...actorMutants,
  ...positionMutants,
  ...streamingMutants,
  ...replayMutants,
  ...malformedMutants,
  ...snapshotMutants,
  ...durabilityMutants,
  ...sharedStoreMutants,
  ...busyMutants,
  ...announcementMutants,
  ...closingMutants,
  ...abortingMutants,
  ...errorOrderMutants,
];
