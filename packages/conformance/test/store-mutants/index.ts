import { abortingMutants } from "./aborting.ts";
import { abortingSaveMutants } from "./aborting-saves.ts";
import { actorMutants } from "./actor-ids.ts";
import { announcementMutants } from "./announcements.ts";
import { announcementTroubleMutants } from "./announcements-in-trouble.ts";
import { batchConflictMutants } from "./batch-conflicts.ts";
import { batchMutants } from "./batches.ts";
import { busyCallMutants } from "./busy-calls.ts";
import { busyMutants } from "./busy-storage.ts";
import { closingMutants } from "./closing.ts";
import { closingInFlightMutants } from "./closing-in-flight.ts";
import { conflictMutants } from "./conflicts.ts";
import { contentMutants } from "./contents.ts";
import { conversionMutants } from "./conversions.ts";
import { durabilityMutants } from "./durability.ts";
import { endingMutants } from "./ending-feeds.ts";
import { errorOrderMutants } from "./error-order.ts";
import { errorMutants } from "./errors.ts";
import { eventIdMutants } from "./event-ids.ts";
import { failingCallMutants } from "./failing-calls.ts";
import { feedMutants } from "./feed.ts";
import { feedFilterMutants } from "./feed-filters.ts";
import { feedOptionMutants } from "./feed-options.ts";
import { followingMutants } from "./following-feeds.ts";
import { timestampMutants } from "./generated-timestamps.ts";
import { immutabilityMutants } from "./immutability.ts";
import { inputMutants } from "./invalid-input.ts";
import { signalMutants } from "./invalid-signals.ts";
import { lastingMutants } from "./lasting-feeds.ts";
import { listingMutants } from "./listing.ts";
import { malformedMutants } from "./malformed-records.ts";
import { manifestMutants } from "./manifest.ts";
import type { Mutant } from "./mutant.ts";
import { openStreamMutants } from "./open-streams.ts";
import { positionMutants } from "./positions.ts";
import { raceMutants } from "./races.ts";
import { readsAtOnceMutants } from "./reads-at-once.ts";
import { reopeningMutants } from "./reopening.ts";
import { replayMutants } from "./replay-errors.ts";
import { resumingMutants } from "./resuming-feeds.ts";
import { savingMutants } from "./saving-and-reading.ts";
import { severalMalformedRecordMutants } from "./several-malformed-records.ts";
import { sharedStoreMutants } from "./shared-stores.ts";
import { snapshotMutants } from "./snapshots.ts";
import { severalSnapshotMutants } from "./snapshots-of-several-stores.ts";
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
  ...conversionMutants,
  ...versionMutants,
  ...conflictMutants,
  ...raceMutants,
  ...readsAtOnceMutants,
  ...failingCallMutants,
  ...batchMutants,
  ...batchConflictMutants,
  ...immutabilityMutants,
  ...inputMutants,
  ...signalMutants,
  ...actorMutants,
  ...positionMutants,
  ...streamingMutants,
  ...streamInProgressMutants,
  ...openStreamMutants,
  ...replayMutants,
  ...severalMalformedRecordMutants,
  ...malformedMutants,
  ...snapshotMutants,
  ...feedMutants,
  ...resumingMutants,
  ...feedFilterMutants,
  ...feedOptionMutants,
  ...followingMutants,
  ...endingMutants,
  ...lastingMutants,
  ...listingMutants,
  ...severalSnapshotMutants,
  ...durabilityMutants,
  ...reopeningMutants,
  ...sharedStoreMutants,
  ...busyMutants,
  ...busyCallMutants,
  ...announcementMutants,
  ...announcementTroubleMutants,
  ...closingMutants,
  ...closingInFlightMutants,
  ...abortingMutants,
  ...abortingSaveMutants,
  ...errorOrderMutants,
  ...errorMutants,
];
