import { type AetherError, isAetherError, StoreUnavailableError } from "@aether/core";
import { NoReplyError } from "./no-reply-error.ts";

/** The codes (`err_code`) of JetStream that the store tells apart. Texts differ between server versions; codes do not. */
export const errorCodes = {
  wrongLastSequence: 10071,
  noMessageFound: 10037,
  streamNotFound: 10059,
  streamNameInUse: 10058,
  consumerNotFound: 10014,
  jetStreamNotEnabled: 10076,
  jetStreamNotEnabledForAccount: 10039,
  /** Another write to the subject is being replicated, perhaps an earlier copy of our own. */
  writeInFlight: 10164,
  retryLater: 10158,
  retryLaterInCluster: 10163,
  noLeader: 10008,
  /** Too few servers, or too few that have been heard of yet. */
  noSuitablePeers: 10005,
  storeFailed: 10077,
  storageResourcesExceeded: 10047,
  memoryResourcesExceeded: 10028,
  insufficientResources: 10023,
} as const;

/** An error that JetStream answered with. */
export interface ApiErrorJson {
  readonly code: number;
  readonly err_code?: number;
  readonly description?: string;
}

/** JetStream refused a request. */
export class ApiError extends Error {
  override readonly name: string = "JetStreamApiError";
  /** The HTTP-like status. */
  readonly status: number;
  /** JetStream's own code. */
  readonly code: number;

  constructor({ code, err_code, description }: ApiErrorJson) {
    super(`JetStream answered ${description ?? "with an error"} (${err_code ?? code})`);
    this.status = code;
    this.code = err_code ?? 0;
  }

  is(code: keyof typeof errorCodes): boolean {
    return this.code === errorCodes[code];
  }

  /** With `wrongLastSequence`, the subject's last sequence as the server has it, where it tells that. */
  get lastSequence(): number | undefined {
    const [, sequence] = /wrong last sequence: (\d+)/.exec(this.message) ?? [];
    return sequence === undefined ? undefined : Number(sequence);
  }

  /** The server may well accept the same request a moment later. */
  get isPassing(): boolean {
    return this.is("writeInFlight") || this.is("retryLater") || this.is("retryLaterInCluster") || this.is("noLeader");
  }
}

/** The same request may succeed a moment later: nobody answered, or the server was busy with itself. */
export function isPassing(error: unknown): boolean {
  if (error instanceof NoReplyError) return error.reason !== "not permitted" && error.reason !== "not sent";
  return error instanceof ApiError && error.isPassing;
}

/** The stream, the account or the server has no room left. */
export function isFull(error: unknown): error is ApiError {
  if (!(error instanceof ApiError)) return false;
  const codes = [
    "storeFailed",
    "storageResourcesExceeded",
    "memoryResourcesExceeded",
    "insufficientResources",
  ] as const;
  return codes.some((code) => error.is(code));
}

/** The public error for a request that failed before anything was written; one that is public already stays as it is. */
export function unavailable(operation: string, error: unknown): AetherError {
  if (isAetherError(error)) return error;
  const known = error instanceof NoReplyError || error instanceof ApiError;
  return new StoreUnavailableError({ operation, reason: known ? error.message : "an unexpected error", cause: error });
}
