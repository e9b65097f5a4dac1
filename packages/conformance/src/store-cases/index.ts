import type { StoreCase } from "../suite/store-case.ts";
import { aborting } from "./aborting.ts";
import { actorIds } from "./actor-ids.ts";
import { announcements } from "./announcements.ts";
import { batches } from "./batches.ts";
import { busyStorage } from "./busy-storage.ts";
import { closing } from "./closing.ts";
import { conflicts } from "./conflicts.ts";
import { durability } from "./durability.ts";
import { errorOrder } from "./error-order.ts";
import { immutability } from "./immutability.ts";
import { invalidInput } from "./invalid-input.ts";
import { invalidSignals } from "./invalid-signals.ts";
import { malformed } from "./malformed-records.ts";
import { manifest } from "./manifest.ts";
import { positions } from "./positions.ts";
import { races } from "./races.ts";
import { replayErrors } from "./replay-errors.ts";
import { savingAndReading } from "./saving-and-reading.ts";
import { sharedStores } from "./shared-stores.ts";
import { snapshots } from "./snapshots.ts";
import { streaming } from "./streaming.ts";
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
  ...versions,
  ...conflicts,
  ...races,
  ...batches,
  ...immutability,
  ...invalidInput,
  ...invalidSignals,
  ...actorIds,
  ...positions,
  ...streaming,
  ...replayErrors,
  ...malformed,
  ...snapshots,
  ...durability,
  ...sharedStores,
  ...busyStorage,
  ...announcements,
  ...closing,
  ...aborting,
  ...errorOrder,
];
