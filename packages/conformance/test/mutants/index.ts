import { actorMutants, positionMutants } from "./actors-and-positions.ts";
import { batchMutants } from "./batches.ts";
import { replayMutants, snapshotMutants, streamingMutants } from "./capabilities.ts";
import { immutabilityMutants } from "./immutability.ts";
import { inputMutants } from "./input.ts";
import { abortingMutants, closingMutants, durabilityMutants, freshnessMutants, precedenceMutants } from "./lifetime.ts";
import type { Mutant } from "./mutant.ts";
import { raceMutants } from "./races.ts";
import { savingMutants } from "./saving.ts";
import { conflictMutants, versionMutants } from "./versions.ts";

/** Broken stores, and the cases that must catch them. */
export const mutants: readonly Mutant[] = [
  ...savingMutants,
  ...versionMutants,
  ...conflictMutants,
  ...raceMutants,
  ...batchMutants,
  ...immutabilityMutants,
  ...inputMutants,
  ...actorMutants,
  ...positionMutants,
  ...streamingMutants,
  ...replayMutants,
  ...snapshotMutants,
  ...durabilityMutants,
  ...freshnessMutants,
  ...closingMutants,
  ...abortingMutants,
  ...precedenceMutants,
];
