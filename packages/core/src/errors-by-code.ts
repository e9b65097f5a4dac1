import type {
  BusClosedError,
  InvalidNamespaceError,
  SubscriptionOverflowError,
  SubscriptionUsedError,
} from "./bus-errors.ts";
import type { DocumentTooLargeError, InvalidDocumentError, RevisionConflictError } from "./document-errors.ts";
import { type AetherError, hasErrorBrand } from "./errors.ts";
import type {
  EventTooLargeError,
  HistoryTruncatedError,
  InvalidArgumentError,
  InvalidEventError,
  OutcomeUnknownError,
  StoreClosedError,
  StoreUnavailableError,
  StreamResetError,
  UnsupportedError,
  VersionConflictError,
} from "./store-errors.ts";

/**
 * Error codes and their classes. A package that defines its own errors adds them here:
 *
 * @example
 * ```ts
 * declare module "@aether/core" {
 *   interface ErrorsByCode {
 *     MY_STORE_FULL: MyStoreFullError;
 *   }
 * }
 * ```
 */
export interface ErrorsByCode {
  AETHER_VERSION_CONFLICT: VersionConflictError;
  AETHER_INVALID_EVENT: InvalidEventError;
  AETHER_INVALID_ARGUMENT: InvalidArgumentError;
  AETHER_INVALID_NAMESPACE: InvalidNamespaceError;
  AETHER_EVENT_TOO_LARGE: EventTooLargeError;
  AETHER_OUTCOME_UNKNOWN: OutcomeUnknownError;
  AETHER_STORE_UNAVAILABLE: StoreUnavailableError;
  AETHER_STORE_CLOSED: StoreClosedError;
  AETHER_HISTORY_TRUNCATED: HistoryTruncatedError;
  AETHER_STREAM_RESET: StreamResetError;
  AETHER_REVISION_CONFLICT: RevisionConflictError;
  AETHER_DOCUMENT_TOO_LARGE: DocumentTooLargeError;
  AETHER_INVALID_DOCUMENT: InvalidDocumentError;
  AETHER_BUS_CLOSED: BusClosedError;
  AETHER_SUBSCRIPTION_OVERFLOW: SubscriptionOverflowError;
  AETHER_SUBSCRIPTION_USED: SubscriptionUsedError;
  AETHER_UNSUPPORTED: UnsupportedError;
}

/**
 * Returns true if a thrown value is an Aether error and, if a code is given, has that code. Narrows the value's type.
 *
 * @example
 * ```ts
 * if (isAetherError(error, "AETHER_INVALID_EVENT")) console.log(error.path);
 * ```
 */
export function isAetherError(error: unknown): error is AetherError;
export function isAetherError<Code extends string>(
  error: unknown,
  code: KnownCode<Code>,
): error is ErrorsByCode[Code & keyof ErrorsByCode];
export function isAetherError(error: unknown, code?: string): boolean {
  return hasErrorBrand(error) && (code === undefined || error.code === code);
}

/**
 * `Code` if it is a code of {@link ErrorsByCode}. Otherwise the codes that are similar to it, so that the compile error
 * for a misspelled code names them.
 */
export type KnownCode<Code extends string> = Code extends keyof ErrorsByCode
  ? Code
  : [SimilarCodes<Code>[keyof ErrorsByCode]] extends [never]
    ? keyof ErrorsByCode
    : SimilarCodes<Code>[keyof ErrorsByCode];

/** Each code with the same prefix and the same two letters after it, or with the same last word. */
type SimilarCodes<Code extends string> = {
  [Known in keyof ErrorsByCode]: Known extends StartOf<Code> | `${string}_${LastWord<Code>}` ? Known : never;
};

type StartOf<Code extends string> = Code extends `${infer Prefix}_${infer First}${infer Second}${string}`
  ? `${Prefix}_${First}${Second}${string}`
  : never;

type LastWord<Code extends string> = Code extends `${string}_${infer Rest}`
  ? LastWord<Rest>
  : string extends Code
    ? never
    : Code;

/**
 * Returns true if a thrown value is a version conflict. Short for `isAetherError(error, "AETHER_VERSION_CONFLICT")`.
 *
 * @example
 * ```ts
 * await store.saveEvent(event).catch((error) => {
 *   if (!isVersionConflictError(error)) throw error;
 *   console.log(`read from version ${error.attemptedVersion} to ${error.currentVersion}`);
 * });
 * ```
 */
export function isVersionConflictError(error: unknown): error is VersionConflictError {
  return isAetherError(error, "AETHER_VERSION_CONFLICT");
}
