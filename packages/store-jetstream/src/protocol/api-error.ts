import { NoReplyError } from "./no-reply-error.ts";

/**
 * The JetStream error codes (`err_code`) that the store distinguishes. The texts of errors differ between server
 * versions, but the codes do not.
 */
const errorCodes = {
  wrongLastSequence: 10071,
  noMessageFound: 10037,
  streamNotFound: 10059,
  streamNameInUse: 10058,
  consumerNotFound: 10014,
  jetStreamNotEnabled: 10076,
  jetStreamNotEnabledForAccount: 10039,
  /** Another write to the subject is being replicated. It may be an earlier copy of the same message. */
  writeInFlight: 10164,
  retryLater: 10158,
  retryLaterInCluster: 10163,
  noLeader: 10008,
  /** The cluster has too few servers, or its leader does not know enough of them yet. */
  noSuitablePeers: 10005,
  storeFailed: 10077,
  storageResourcesExceeded: 10047,
  memoryResourcesExceeded: 10028,
  insufficientResources: 10023,
} as const;

type ErrorName = keyof typeof errorCodes;

const passing: readonly ErrorName[] = ["writeInFlight", "retryLater", "retryLaterInCluster", "noLeader"];
const full: readonly ErrorName[] = [
  "storeFailed",
  "storageResourcesExceeded",
  "memoryResourcesExceeded",
  "insufficientResources",
];

/** An error in an answer from JetStream. */
export interface ApiErrorJson {
  readonly code: number;
  readonly err_code?: number;
  readonly description?: string;
}

/** JetStream rejected a request. */
export class ApiError extends Error {
  override readonly name: string = "JetStreamApiError";
  /** Status code, with the same meaning as in HTTP. */
  readonly status: number;
  /** JetStream's `err_code`, or 0 if there is none. */
  readonly code: number;

  constructor({ code, err_code, description }: ApiErrorJson) {
    super(`JetStream answered ${description ?? "with an error"} (${err_code ?? code})`);
    this.status = code;
    this.code = err_code ?? 0;
  }

  is(...names: readonly ErrorName[]): boolean {
    return names.some((name) => this.code === errorCodes[name]);
  }

  /** In a `wrongLastSequence` error, the subject's last sequence on the answering server, if the error contains it. */
  get lastSequence(): number | undefined {
    const [, sequence] = /wrong last sequence: (\d+)/.exec(this.message) ?? [];
    return sequence === undefined ? undefined : Number(sequence);
  }
}

/** True if the same request may succeed a moment later, because it was not answered or the server was busy. */
export function isPassing(error: unknown): boolean {
  return error instanceof NoReplyError ? error.isPassing : error instanceof ApiError && error.is(...passing);
}

/** True if the stream, the account or the server has no space left. */
export function isFull(error: unknown): error is ApiError {
  return error instanceof ApiError && error.is(...full);
}

/** True if a record was not stored because its subject's last message is not the expected one. */
export function isOvertaken(error: unknown): error is ApiError {
  return error instanceof ApiError && error.is("wrongLastSequence");
}

/**
 * Returns true if a compare-and-set may succeed after the record was read again: another writer was faster, or the
 * error is temporary.
 */
export function isOvertakenOrPassing(error: unknown): boolean {
  return isOvertaken(error) || isPassing(error);
}
