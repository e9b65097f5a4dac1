import { AetherError, type VersionConflictError } from "@aether/core";
import { quote } from "./quote.ts";

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_RETRIES_EXHAUSTED: RetriesExhaustedError;
  }
}

export interface RetriesExhaustedDetails {
  readonly actorId: string;
  readonly attempts: number;
  readonly elapsedMs: number;
  readonly conflicts: readonly VersionConflictError[];
}

/** Every attempt that was allowed met a conflict. Nothing was saved. Its `cause` is the last conflict. */
export class RetriesExhaustedError extends AetherError {
  override readonly name: string = "RetriesExhaustedError";
  readonly code = "AETHER_RETRIES_EXHAUSTED" as const;
  readonly actorId: string;
  readonly attempts: number;
  readonly elapsedMs: number;
  /** Oldest first; the last 100 if there are more. */
  readonly conflicts: readonly VersionConflictError[];

  constructor(details: RetriesExhaustedDetails) {
    super(
      `gave up saving for actor ${quote(details.actorId)} after ${details.attempts} attempt(s) in ` +
        `${Math.round(details.elapsedMs)} ms, each beaten by another writer; allow more attempts or have fewer writers`,
      { cause: details.conflicts.at(-1) },
    );
    this.actorId = details.actorId;
    this.attempts = details.attempts;
    this.elapsedMs = details.elapsedMs;
    this.conflicts = Object.freeze([...details.conflicts]);
  }
}
