import { abortable, isAetherError } from "@aether/core";
import type { NatsMessage } from "@aether/nats";
import type { MessageLimit } from "../message-limit.ts";
import { ApiError, isOvertaken, isPassing, isTooLarge } from "../protocol/api-error.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { MAX_LOST_COPIES, type MessageSizes } from "../protocol/message-sizes.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { MessageHead } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import { type DocumentMessage, isWrite, payloadOf, type SentWrite, writeHeaders } from "./write-message.ts";
import type { WriteOutcome } from "./write-outcome.ts";
import type { WriteRecords } from "./write-records.ts";

export interface DocumentPublisherParts {
  readonly link: Link;
  readonly api: JetStreamApi;
  readonly watch: StreamWatch;
  readonly limit: MessageLimit;
  readonly sizes: MessageSizes;
  readonly records: WriteRecords;
  /** Start of the subjects that writes are published to. */
  readonly publishPrefix: string;
  /** Start of write ids. No other store has the same. */
  readonly uniqueName: string;
  readonly ackTimeoutMs: number;
}

/**
 * Time in which no server can start, forgetting the ids of replaced messages, and become the leader, in milliseconds.
 * Servers wait several seconds for a leader before they elect one.
 */
const REMEMBERED_MS = 1_000;

/** The state of a write. */
interface Attempts {
  readonly message: DocumentMessage;
  readonly payload: Uint8Array;
  readonly headers: Uint8Array;
  readonly writeId: string;
  readonly sent: SentWrite;
  readonly deadline: Deadline;
  /** True if a copy may be stored. */
  mayBeStored: boolean;
  /**
   * True if a server rejected a copy because another write to the document was in flight. If that server was a former
   * leader, the new leader may have received the copy as well, and stored it. Then it answers the next copy with the
   * sequence of the first one, because it compares the ids of writes before anything else.
   */
  metAnother: boolean;
  /** Number of copies that were lost, although later messages arrived. */
  lost: number;
}

/**
 * Publishes writes and determines their outcomes.
 *
 * A write with an expected sequence is resent until it is answered: at most one copy can be stored. If a later copy is
 * rejected, an earlier one may be stored, and may even be replaced already. A write without an expected sequence is
 * sent once, unless its copy was certainly lost, because a second copy could replace the value of another writer.
 * `WriteRecords` finds out whether such writes are stored. If that cannot be known, the outcome is unknown, and never a
 * conflict.
 */
export class DocumentPublisher {
  readonly #parts: DocumentPublisherParts;
  readonly #resendAfterMs: number;
  #writes = 0;

  constructor(parts: DocumentPublisherParts) {
    this.#parts = parts;
    this.#resendAfterMs = Math.min(2_000, Math.ceil(parts.ackTimeoutMs / 3));
  }

  /**
   * Publishes a write. Resolves once its outcome is known or the time is over.
   * @throws `AETHER_STREAM_RESET`, `AETHER_STREAM_MISMATCH`, and `signal.reason` if nothing was sent
   */
  async publish(message: DocumentMessage, deadline: Deadline): Promise<WriteOutcome> {
    const { watch, limit, records, uniqueName } = this.#parts;
    for (;;) {
      deadline.signal?.throwIfAborted();
      const writeId = `${uniqueName}.${(++this.#writes).toString(36)}`;
      const headers = writeHeaders(message, writeId);
      const payload = payloadOf(message);
      if (headers.length + payload.length > limit.serverBytes)
        return { status: "too large", limitBytes: limit.serverBytes - headers.length };
      const sent = {
        sentMs: performance.now(),
        memory: records.memory,
        knownSequence: watch.highestSequence,
      };
      const attempts: Attempts = {
        message,
        payload,
        headers,
        writeId,
        sent,
        deadline,
        mayBeStored: false,
        metAnother: false,
        lost: 0,
      };
      const outcome = await this.#send(attempts).then(stored, (error) => this.#persist(attempts, error));
      // A write without an expected sequence is not sent again with the same id. It was not stored, so it is repeated.
      const isRepeated = outcome.status === "refused" && message.expectedSequence === undefined;
      if (!isRepeated) return outcome;
      if (deadline.isOver) return { status: "failed", cause: new NoReplyError("time-out", message.subject) };
    }
  }

  /** Continues a write whose first copy failed. */
  async #persist(attempts: Attempts, firstError: unknown): Promise<WriteOutcome> {
    const { message, deadline } = attempts;
    let error = firstError;
    try {
      for (;;) {
        if (isAetherError(error)) throw error;
        deadline.signal?.throwIfAborted();
        if (isOvertaken(error)) {
          const outcome = await this.#examineRefusal(attempts, error);
          if (outcome !== undefined) return outcome;
          error = new NoReplyError("outdated", message.subject, error);
        }
        attempts.metAnother ||= isWriteInFlight(error);
        attempts.mayBeStored ||= mayBeStored(error);
        const loss = await this.#examineLoss(attempts, error);
        if (typeof loss === "object") return loss;
        const isRepeatable = message.expectedSequence !== undefined || loss === "lost";
        if (attempts.mayBeStored && !isRepeatable) return await this.#settle(attempts);
        const wasSent = attempts.mayBeStored || attempts.metAnother;
        const isWorthIt = isPassing(error) || (wasSent && isDisconnected(error));
        if (!isWorthIt || this.#parts.link.isClosed) break;
        // After a time-out, no pause is needed.
        if (!isTimeOut(error)) await deadline.pause();
        if (deadline.isOver) break;
        try {
          return stored(await this.#send(attempts));
        } catch (next) {
          error = deadline.reasonAfter(next, error);
        }
      }
    } catch (cause) {
      const isSent = attempts.mayBeStored || attempts.metAnother;
      const isAborted = deadline.signal?.aborted === true;
      if (!isSent || (isAetherError(cause) && !isAborted)) throw cause;
      return { status: "unknown", cause };
    }
    if (attempts.mayBeStored || attempts.metAnother) return { status: "unknown", cause: error };
    if (!isTooLarge(error)) return { status: "failed", cause: error };
    const { limit } = this.#parts;
    const { headers, payload } = attempts;
    await limit.rejected(headers.length + payload.length, deadline.requestTimeoutMs);
    return { status: "too large", limitBytes: limit.bytes - headers.length };
  }

  /**
   * Determines the outcome of a write that the server rejected because the last message is not the expected one.
   * Resolves to `undefined` if a former leader may have answered.
   */
  async #examineRefusal(attempts: Attempts, refusal: ApiError): Promise<WriteOutcome | undefined> {
    const { message, deadline } = attempts;
    const { watch } = this.#parts;
    if (this.#isContradiction(message, refusal)) {
      attempts.mayBeStored = true; // by the new leader
      const { state } = await askAgain(deadline, (timeoutMs) => watch.verify(timeoutMs));
      if (state.last_seq < (message.expectedSequence ?? 0)) return undefined;
    }
    const isForgotten = attempts.metAnother && performance.now() - attempts.sent.sentMs > REMEMBERED_MS;
    return attempts.mayBeStored || isForgotten ? this.#settle(attempts) : { status: "refused" };
  }

  /**
   * True if the rejecting server lacks the expected message. Another program may have purged it. But a former leader
   * may also lack the message, while the new leader stores the write.
   */
  #isContradiction({ expectedSequence = 0 }: DocumentMessage, { lastSequence }: ApiError): boolean {
    return this.#parts.watch.isReplicated && lastSequence !== undefined && lastSequence < expectedSequence;
  }

  /**
   * Determines whether a large write was lost because it exceeds the limit of a server on the way. That server closes
   * the connection to the leaf node, for all its users, so the write must not be sent again and again. Resolves to
   * `"lost"` if this copy was lost and may be repeated, and to `undefined` if that is not certain.
   */
  async #examineLoss(attempts: Attempts, error: unknown): Promise<WriteOutcome | "lost" | undefined> {
    const { message, payload, deadline, sent, writeId } = attempts;
    const { sizes, api, records, publishPrefix } = this.#parts;
    if (!isTimeOut(error) || !sizes.mayBeLost(payload.length)) return undefined;
    const { subject, expectedSequence } = message;
    let successor: MessageHead | undefined;
    try {
      await askAgain(deadline, (timeoutMs) => api.fence(publishPrefix + subject, timeoutMs));
      successor = await records.successor(message, deadline);
    } catch {
      return undefined;
    }
    if (successor !== undefined && isWrite(successor, writeId))
      return { status: "stored", sequence: successor.sequence };
    const mayBeReplaced = expectedSequence === undefined && (successor?.sequence ?? 0) > sent.knownSequence;
    if (mayBeReplaced) return undefined;
    return ++attempts.lost < MAX_LOST_COPIES ? "lost" : { status: "too large", limitBytes: undefined };
  }

  #settle({ message, writeId, sent, deadline }: Attempts): Promise<WriteOutcome> {
    return this.#parts.records.settle(message, writeId, sent, deadline);
  }

  /** @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `AETHER_STREAM_MISMATCH`, `signal.reason` */
  async #send(attempts: Attempts): Promise<number> {
    const { deadline } = attempts;
    const { watch } = this.#parts;
    if (watch.checking !== undefined) await watch.untilChecked(deadline);
    watch.check();
    const answered = new Promise<number>((resolve, reject) => this.#publish(attempts, resolve, reject));
    const { signal } = deadline;
    if (signal === undefined) return answered;
    try {
      return await abortable(answered, signal);
    } catch (error) {
      attempts.mayBeStored ||= signal.aborted;
      throw error;
    }
  }

  #publish(attempts: Attempts, resolve: (sequence: number) => void, reject: (error: unknown) => void): void {
    const { message, payload, headers, sent, deadline } = attempts;
    const { link, api, watch, publishPrefix } = this.#parts;
    const subject = publishPrefix + message.subject;
    const timeoutMs = Math.max(1, Math.min(this.#resendAfterMs, deadline.leftMs));
    let contradiction: ApiError | undefined;
    const receive = ({ data }: NatsMessage): boolean => {
      try {
        const answer = api.readAnswer(data, subject);
        if (typeof answer !== "number") return false;
        watch.acknowledged(answer, sent.knownSequence);
        resolve(answer);
      } catch (error) {
        if (isOvertaken(error) && this.#isContradiction(message, error)) {
          contradiction = error; // The new leader may answer as well.
          return false;
        }
        reject(error);
      }
      return true;
    };
    link.send(subject, payload, timeoutMs, headers, receive, (error) => reject(contradiction ?? error));
  }
}

function stored(sequence: number): WriteOutcome {
  return { status: "stored", sequence };
}

/** True if, after this error, a copy of the write may be stored already or may still be stored. */
function mayBeStored(error: unknown): boolean {
  if (error instanceof ApiError) return error.is("writeFailed");
  return error instanceof NoReplyError && !error.hadNoEffect;
}

function isWriteInFlight(error: unknown): boolean {
  return error instanceof ApiError && error.is("writeInFlight");
}

function isTimeOut(error: unknown): boolean {
  return error instanceof NoReplyError && error.reason === "time-out";
}

function isDisconnected(error: unknown): boolean {
  return error instanceof NoReplyError && error.reason === "disconnected";
}
