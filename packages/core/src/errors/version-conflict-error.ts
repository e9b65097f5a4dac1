import { AetherError, because, isAetherError, quote } from "./aether-error.ts";

/** What {@link VersionConflictError} is made of. */
export interface VersionConflictDetails {
  /** The actor that it is about. */
  readonly actorId: string;
  /** The version (of a batch: the first) that the writer wanted to save. */
  readonly attemptedVersion: number;
  /** The actor's latest version. */
  readonly currentVersion: number;
  /** @default false */
  readonly sameEvent?: boolean;
  /** What was behind it, if anything was. */
  readonly cause?: unknown;
}

/**
 * Another writer was first: the attempted version is not greater than the actor's latest. Nothing was stored.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_VERSION_CONFLICT")) console.log(error.sameEvent ? "saved before" : error.currentVersion);
 * ```
 */
export class VersionConflictError extends AetherError {
  override readonly name: string = "VersionConflictError";
  readonly code = "AETHER_VERSION_CONFLICT" as const;
  /** The actor that both wrote to. */
  readonly actorId: string;
  /** The version (of a batch: the first) that the writer wanted to save. */
  readonly attemptedVersion: number;
  /** The actor's latest version, as the store knew it when it refused. */
  readonly currentVersion: number;
  /**
   * What stands at the attempted version is this very event (of a batch: at every version), by id: an earlier attempt to
   * save it did succeed, so that there is nothing left to do.
   */
  readonly sameEvent: boolean;

  constructor(details: VersionConflictDetails) {
    super(describe(details), because(details));
    this.actorId = details.actorId;
    this.attemptedVersion = details.attemptedVersion;
    this.currentVersion = details.currentVersion;
    this.sameEvent = details.sameEvent ?? false;
  }
}

function describe({ actorId, attemptedVersion, currentVersion, sameEvent }: VersionConflictDetails): string {
  const actor = `actor ${quote(actorId)}`;
  return sameEvent
    ? `version ${attemptedVersion} of ${actor} is this very event, saved before; there is nothing left to do`
    : `version ${attemptedVersion} of ${actor} is refused: its latest version is ${currentVersion}; ` +
        "read the events that are new, decide again, and save behind them";
}

/**
 * `isAetherError(error, "AETHER_VERSION_CONFLICT")`, by its everyday name.
 *
 * @example
 * ```ts
 * await store.saveEvent(event).catch((error) => {
 *   if (!isVersionConflictError(error)) throw error;
 *   console.log(`read on from version ${error.attemptedVersion}, up to ${error.currentVersion}`);
 * });
 * ```
 */
export function isVersionConflictError(error: unknown): error is VersionConflictError {
  return isAetherError(error, "AETHER_VERSION_CONFLICT");
}
