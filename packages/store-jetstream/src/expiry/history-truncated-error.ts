import { AetherError } from "@aether/core";

/**
 * The beginning of what was asked for has expired: a fold over the rest would be wrong. Read from a snapshot on, or open the
 * store with `truncatedHistory: "accept"` to have the rest as it is.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_HISTORY_TRUNCATED")) console.log(`what is left begins at ${error.firstVersion}`);
 * ```
 */
export class HistoryTruncatedError extends AetherError {
  override readonly name: string = "HistoryTruncatedError";
  readonly code = "AETHER_HISTORY_TRUNCATED" as const;
  /** The actor that it is about. */
  readonly actorId: string;
  /** The first version that can still be read; `undefined` if everything has expired. */
  readonly firstVersion: number | undefined;

  constructor(details: { readonly actorId: string; readonly firstVersion: number | undefined }) {
    const { actorId, firstVersion } = details;
    super(
      `events of actor ${JSON.stringify(actorId.slice(0, 120))} have expired: ` +
        `${firstVersion === undefined ? "all of them" : `those before version ${firstVersion}`}; ` +
        'read on from a snapshot, or open the store with truncatedHistory: "accept"',
    );
    this.actorId = actorId;
    this.firstVersion = firstVersion;
  }
}

declare module "@aether/core" {
  interface ErrorsByCode {
    AETHER_HISTORY_TRUNCATED: HistoryTruncatedError;
  }
}
