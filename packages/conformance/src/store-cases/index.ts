import type { StoreCase } from "../suite/store-case.ts";
import { aborting } from "./aborting.ts";
import { abortingReads } from "./aborting-reads.ts";
import { abortingSaves } from "./aborting-saves.ts";
import { actorIds } from "./actor-ids.ts";
import { announcements } from "./announcements.ts";
import { announcementsInTrouble } from "./announcements-in-trouble.ts";
import { batchConflicts } from "./batch-conflicts.ts";
import { batches } from "./batches.ts";
import { busyCalls } from "./busy-calls.ts";
import { busyStorage } from "./busy-storage.ts";
import { closing } from "./closing.ts";
import { closingInFlight } from "./closing-in-flight.ts";
import { conflicts } from "./conflicts.ts";
import { contents } from "./contents.ts";
import { durability } from "./durability.ts";
import { endingFeeds } from "./ending-feeds.ts";
import { errorOrder } from "./error-order.ts";
import { eventIds } from "./event-ids.ts";
import { failingCalls } from "./failing-calls.ts";
import { feed } from "./feed.ts";
import { feedFilters } from "./feed-filters.ts";
import { feedOptions } from "./feed-options.ts";
import { followingFeeds } from "./following-feeds.ts";
import { generatedTimestamps } from "./generated-timestamps.ts";
import { immutability } from "./immutability.ts";
import { invalidInput } from "./invalid-input.ts";
import { invalidSignals } from "./invalid-signals.ts";
import { lastingFeeds } from "./lasting-feeds.ts";
import { listing } from "./listing.ts";
import { malformed } from "./malformed-records.ts";
import { manifest } from "./manifest.ts";
import { manyActors } from "./many-actors.ts";
import { openStreams } from "./open-streams.ts";
import { positions } from "./positions.ts";
import { races } from "./races.ts";
import { randomCalls } from "./random-calls.ts";
import { readsAtOnce } from "./reads-at-once.ts";
import { readsBesideBatches } from "./reads-beside-batches.ts";
import { reopening } from "./reopening.ts";
import { replayErrors } from "./replay-errors.ts";
import { resumingFeeds } from "./resuming-feeds.ts";
import { savingAndReading } from "./saving-and-reading.ts";
import { severalMalformedRecords } from "./several-malformed-records.ts";
import { sharedStores } from "./shared-stores.ts";
import { snapshots } from "./snapshots.ts";
import { snapshotsOfSeveralStores } from "./snapshots-of-several-stores.ts";
import { streaming } from "./streaming.ts";
import { streamsInProgress } from "./streams-in-progress.ts";
import { versions } from "./versions.ts";

/**
 * All cases of the contract of event stores, in the order in which they run.
 *
 * @example
 * ```ts
 * for (const { group, name } of storeCases) console.log(`${group}: ${name}`);
 * ```
 */
export const storeCases: readonly StoreCase[] = [
  ...manifest,
  ...savingAndReading,
  ...manyActors,
  ...generatedTimestamps,
  ...contents,
  ...eventIds,
  ...versions,
  ...conflicts,
  ...races,
  ...readsAtOnce,
  ...failingCalls,
  ...batches,
  ...batchConflicts,
  ...readsBesideBatches,
  ...immutability,
  ...invalidInput,
  ...invalidSignals,
  ...actorIds,
  ...positions,
  ...streaming,
  ...streamsInProgress,
  ...openStreams,
  ...replayErrors,
  ...severalMalformedRecords,
  ...malformed,
  ...snapshots,
  ...snapshotsOfSeveralStores,
  ...feed,
  ...resumingFeeds,
  ...feedFilters,
  ...feedOptions,
  ...followingFeeds,
  ...endingFeeds,
  ...lastingFeeds,
  ...listing,
  ...durability,
  ...reopening,
  ...sharedStores,
  ...busyStorage,
  ...busyCalls,
  ...announcements,
  ...announcementsInTrouble,
  ...closing,
  ...closingInFlight,
  ...aborting,
  ...abortingSaves,
  ...abortingReads,
  ...errorOrder,
  ...randomCalls,
];
