import { abortable, isAetherError } from "@aether/core";
import type { Actor } from "../actor.ts";
import { isStreamNotFound } from "../protocol/api-error.ts";
import type { Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import type { MessageSizes } from "../protocol/message-sizes.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import type { DirectGet } from "./direct-get.ts";
import { type FirstRequest, Pull } from "./pull.ts";
import type { ReadGoal } from "./read-goal.ts";
import type { SingleMessages } from "./single-messages.ts";

export interface MessageReaderParts {
  readonly link: Link;
  readonly api: JetStreamApi;
  readonly messages: SingleMessages;
  readonly sizes: MessageSizes;
  readonly watch: StreamWatch;
  /** Reads the first messages of a range. Often, the range has no others. */
  readonly directGet: DirectGet;
  /** Prefix of consumer names. It is unique among the stores of the stream. */
  readonly consumerPrefix: string;
}

/** A range of an actor's messages. */
export interface MessageRange {
  readonly startSequence: number;
  /** The read ends after a message at or after this sequence. @default the actor's last message */
  readonly endSequence?: number | undefined;
  /** True if the range is known to be long. Then a consumer reads it, without a direct request first. @default false */
  readonly isLong?: boolean | undefined;
  /** Number of messages to request at a time. @default 1000, which is also the maximum */
  readonly chunkSize?: number | undefined;
}

/** The progress of a read. */
interface Progress {
  /** The sequence to continue at. */
  next: number;
  /** Number of messages at and after `next`, if it is known. */
  remaining: number | undefined;
  /** Number of consecutive chunks of which only the first message arrived. */
  incompleteChunks: number;
}

/**
 * Maximum time to wait for the first chunk after the consumer was created, if both were requested together, in
 * milliseconds.
 */
const GRACE_MS = 50;
/**
 * If an early request for a first chunk is not answered, this number of further reads request their first chunk only
 * after the consumer exists.
 */
const CAUTIOUS_READS = 1_000;
/** Default and maximum number of messages in a chunk. */
const CHUNK_SIZE = 1_000;
/** Number of consecutive chunks without a second message after which a read fails. */
const MAX_INCOMPLETE_CHUNKS = 2;

/** Reads the messages of an actor in order. A read continues after a lost connection or a restart of the server. */
export class MessageReader {
  readonly #parts: MessageReaderParts;
  #consumers = 0;
  /** Number of upcoming reads that request their first chunk only after the consumer exists. */
  #cautiousReads = 0;

  constructor(parts: MessageReaderParts) {
    this.#parts = parts;
  }

  /**
   * Yields the messages up to the goal, chunk by chunk. While the caller handles a chunk, at most one further chunk is
   * requested. The deadline restarts after each chunk.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async *read(
    actor: Actor,
    range: MessageRange,
    goal: ReadGoal,
    deadline: Deadline,
  ): AsyncGenerator<readonly StoredMessage[], void, undefined> {
    const progress: Progress = { next: range.startSequence, remaining: undefined, incompleteChunks: 0 };
    // Any replica may answer a read, even one that lags far behind.
    if (this.#parts.watch.isReplicated) goal.ask();
    if (range.isLong !== true) {
      yield* this.#readDirectly(actor, progress, range, deadline);
      const isEmpty = progress.remaining === 0 && progress.next === range.startSequence;
      if (isEmpty) goal.ask();
    }
    let reason: unknown;
    for (;;) {
      const before = progress.next;
      let failure: unknown = new NoReplyError("time-out", actor.subject);
      try {
        if (progress.remaining !== 0) yield* this.#readWithOneConsumer(actor, progress, range, goal, deadline);
        if (progress.remaining === 0) {
          if (await goal.isReachedBy(progress.next)) return;
          progress.remaining = undefined; // A replica that lags behind has answered.
        }
      } catch (error) {
        deadline.signal?.throwIfAborted();
        if (isFinal(error)) throw error;
        failure = error;
      }
      if (progress.next > before) {
        reason = undefined;
        continue;
      }
      reason = deadline.reasonAfter(failure, reason);
      if (deadline.isOver) throw reason;
      await deadline.pause();
    }
  }

  async *#readDirectly(
    actor: Actor,
    progress: Progress,
    { chunkSize = CHUNK_SIZE, endSequence = Number.MAX_SAFE_INTEGER }: MessageRange,
    deadline: Deadline,
  ): AsyncGenerator<readonly StoredMessage[], void, undefined> {
    const { directGet } = this.#parts;
    const reading = directGet.first(actor.subject, progress.next, chunkSize, deadline.requestTimeoutMs);
    const first = await abortable(reading, deadline.signal).catch((error: unknown) => {
      if (!(error instanceof NoReplyError)) throw error;
      progress.incompleteChunks++;
      return undefined;
    });
    if (first === undefined) return;
    progress.remaining = first.lastSequence >= endSequence ? 0 : first.remaining;
    if (first.messages.length === 0) return;
    progress.next = first.lastSequence + 1;
    yield first.messages;
    deadline.renew();
  }

  /** Reads with one consumer until the range ends or the consumer fails. `progress` includes all yielded messages. */
  async *#readWithOneConsumer(
    actor: Actor,
    progress: Progress,
    range: MessageRange,
    goal: ReadGoal,
    deadline: Deadline,
  ): AsyncGenerator<readonly StoredMessage[], void, undefined> {
    const chunkSize = Math.max(1, Math.min(CHUNK_SIZE, range.chunkSize ?? CHUNK_SIZE));
    const endSequence = range.endSequence ?? Number.MAX_SAFE_INTEGER;
    const { link, api, messages: singles, sizes, consumerPrefix } = this.#parts;
    const { subject } = actor;
    const pull = new Pull(link, api, `${consumerPrefix}-${++this.#consumers}`, sizes.chunkBytes(subject));
    try {
      const timeoutMs = deadline.requestTimeoutMs;
      const selection = { subject, from: progress.next };
      const opening = pull.open(selection, chunkSize, this.#firstRequest(timeoutMs), timeoutMs);
      const pending = await abortable(opening, deadline.signal);
      if (pending < (progress.remaining ?? 0)) goal.miss();
      // Messages that expire during the read are not delivered. Messages that are stored during the read do not count.
      progress.remaining = Math.min(progress.remaining ?? pending, pending);
      while (progress.remaining > 0) {
        const { messages, end } = await pull.chunk(deadline);
        if (end === "oversized") {
          const error = await singles.tooLarge(actor, progress.next, deadline.requestTimeoutMs);
          if (error !== undefined) throw error;
        }
        progress.incompleteChunks = end === "stalled" && messages.length === 1 ? progress.incompleteChunks + 1 : 0;
        if (progress.incompleteChunks === MAX_INCOMPLETE_CHUNKS) throw new NoReplyError("single response", subject);
        const wanted = messages.slice(0, progress.remaining);
        const last = wanted.at(-1);
        if (last !== undefined) {
          progress.next = last.sequence + 1;
          progress.remaining -= wanted.length;
          if (last.sequence >= endSequence) progress.remaining = 0;
        } else if (end === "partial") {
          goal.miss();
          progress.remaining = 0;
        }
        const isMore = progress.remaining > 0 && (end === "complete" || end === "partial");
        // The next chunk is sent while the caller handles this one. So a slow caller holds at most two chunks.
        if (isMore) pull.request(Math.min(chunkSize, progress.remaining));
        if (last !== undefined) {
          yield wanted;
          deadline.renew();
        }
        if (!isMore) return;
      }
    } finally {
      pull.close();
    }
  }

  #firstRequest(timeoutMs: number): FirstRequest {
    const isEarly = this.#cautiousReads === 0;
    if (!isEarly) this.#cautiousReads--;
    return {
      isEarly,
      graceMs: Math.min(GRACE_MS, timeoutMs / 4),
      onUnanswered: () => {
        this.#cautiousReads = CAUTIOUS_READS;
      },
    };
  }
}

/** True if another attempt would fail too. */
function isFinal(error: unknown): boolean {
  if (error instanceof NoReplyError) return !error.isPassing;
  return isAetherError(error) || isStreamNotFound(error);
}
