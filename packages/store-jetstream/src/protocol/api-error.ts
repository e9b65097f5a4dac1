import { type ApiErrorKind, meaningOf } from "./api-error-codes.ts";
import { NoReplyError } from "./no-reply-error.ts";

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
  readonly #kind: ApiErrorKind;

  /** @param isRead - true if the request stores nothing */
  constructor({ code, err_code = 0, description }: ApiErrorJson, isRead = false) {
    const { kind, advice } = meaningOf(err_code, description ?? "", isRead);
    const answer = `JetStream answered ${description ?? "with an error"} (${err_code || code})`;
    super(advice === undefined ? answer : `${answer}; ${advice}`);
    this.status = code;
    this.code = err_code;
    this.#kind = kind;
  }

  is(...kinds: readonly ApiErrorKind[]): boolean {
    return kinds.includes(this.#kind);
  }

  /** In an error of the kind `overtaken`, the subject's last sequence on the answering server, if it is known. */
  get lastSequence(): number | undefined {
    const [, sequence] = /wrong last sequence: (\d+)/.exec(this.message) ?? [];
    return sequence === undefined ? undefined : Number(sequence);
  }
}

/** True if the same request may succeed a moment later, because it was not answered or the server was busy. */
export function isPassing(error: unknown): boolean {
  return error instanceof NoReplyError
    ? error.isPassing
    : error instanceof ApiError && error.is("busy", "writeInFlight");
}

/** True if the stream, the account or the server has reached a limit. */
export function isFull(error: unknown): error is ApiError {
  return error instanceof ApiError && error.is("full");
}

/** True if the stream does not exist. A stream without a leader gives other errors. */
export function isStreamNotFound(error: unknown): error is ApiError {
  return error instanceof ApiError && error.is("streamNotFound");
}

/** True if a message is larger than the stream allows. */
export function isTooLarge(error: unknown): error is ApiError {
  return error instanceof ApiError && error.is("tooLarge");
}

/** True if a record was not stored because its subject's last message is not the expected one. */
export function isOvertaken(error: unknown): error is ApiError {
  return error instanceof ApiError && error.is("overtaken");
}

/**
 * Returns true if a compare-and-set may succeed after the record was read again: another writer was faster, or the
 * error is temporary.
 */
export function isOvertakenOrPassing(error: unknown): boolean {
  return isOvertaken(error) || isPassing(error);
}
