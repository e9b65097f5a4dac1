import type { NatsMessage } from "@aether/nats";
import { FeedConsumer, type FeedMessage } from "../feed/feed-consumer.ts";
import { Patience } from "../feed/patience.ts";
import { WakeUp } from "../feed/wake-up.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import type { MessageSizes } from "../protocol/message-sizes.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";
import type { SingleMessages } from "../read/single-messages.ts";
import type { StreamWatch } from "../stream/stream-watch.ts";
import type { CollectionKeys } from "./document-keys.ts";
import { oversizedError } from "./document-record.ts";

/** Maximum number of messages that are taken at once. */
const BATCH_MESSAGES = 500;
/** Time without progress after which another consumer is tried, in milliseconds. */
const STUCK_MS = 5_000;
/** Interval of the checks for a lost consumer, in milliseconds. */
const CHECK_MS = 250;

export interface CollectionReadParts {
  readonly link: Link;
  readonly api: JetStreamApi;
  readonly watch: StreamWatch;
  readonly messages: SingleMessages;
  readonly sizes: MessageSizes;
  readonly streamName: string;
  readonly ackTimeoutMs: number;
}

export interface CollectionReadOptions {
  readonly collection: string;
  readonly keys: CollectionKeys;
  /** Start of the names of consumers. No other read has the same. */
  readonly name: string;
  /** True to wait for as long as the server cannot be reached. */
  readonly isEndless: boolean;
  readonly signal: AbortSignal;
  /** Limits the time without a result of a read that is not endless. */
  readonly deadline: Deadline;
}

/** A report of a read. */
export type CollectionReport =
  /** The read begins, or begins again with another consumer. All documents follow. */
  | { readonly type: "begin" }
  | { readonly type: "messages"; readonly messages: readonly FeedMessage[] }
  /**
   * Every document that existed from the beginning to this report was reported, with a message that it had in this
   * time. Later messages follow.
   */
  | { readonly type: "complete" };

/**
 * Reads the last message of each document in a collection, and then all later messages, through one consumer at a time.
 *
 * While other writers replace documents, the consumer delivers some of them twice, and others only after everything
 * that was stored when it was created. So a read is complete once two conditions are met. First, the consumer has
 * reached the last message of the collection that the leader named before the read began. This matters if the consumer
 * is on a replica that lags. Second, at one moment, nothing more was waiting for delivery. A heartbeat shows
 * this, or the leader, if it has no later message. The server's count of pending messages is only a hint, because it
 * can be too low: replaced messages are subtracted from it even if they have been delivered.
 */
export class CollectionRead {
  readonly #parts: CollectionReadParts;
  readonly #options: CollectionReadOptions;
  readonly #patience: Patience;
  readonly #wakeUp = new WakeUp();
  #consumers = 0;
  #uselessConsumers = 0;

  constructor(parts: CollectionReadParts, options: CollectionReadOptions) {
    const { isEndless, signal } = options;
    this.#parts = parts;
    this.#options = options;
    this.#patience = new Patience({ isEndless, timeoutMs: parts.ackTimeoutMs, signal });
  }

  /**
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `AETHER_STREAM_MISMATCH`, `signal.reason`
   * @throws `AETHER_INVALID_DOCUMENT` if a document is too large for this connection
   */
  async *reports(): AsyncGenerator<CollectionReport, void, undefined> {
    for (;;) {
      const goal = await this.#ask((deadline) => this.#lastSequence(deadline));
      const consumer = await this.#ask((deadline) => this.#openConsumer(deadline));
      try {
        yield { type: "begin" };
        yield* this.#deliveries(consumer, goal);
      } finally {
        void consumer.close();
      }
      if (this.#patience.isHopeless(consumer.failure)) throw consumer.failure;
      this.#checkTime();
      this.#uselessConsumers = consumer.wasUseful ? 0 : this.#uselessConsumers + 1;
      if (this.#uselessConsumers > 0) await this.#patience.pause(this.#uselessConsumers);
    }
  }

  /** Reports the messages of one consumer until it fails. */
  async *#deliveries(consumer: FeedConsumer, goal: number): AsyncGenerator<CollectionReport, void, undefined> {
    const { watch } = this.#parts;
    const { signal } = this.#options;
    let lastSequence = 0;
    let isComplete = false;
    let progressMs = performance.now();
    for (;;) {
      signal.throwIfAborted();
      watch.check();
      const messages = consumer.bufferedCount > 0 ? consumer.take(BATCH_MESSAGES) : [];
      const last = messages.at(-1);
      if (last !== undefined) {
        lastSequence = last.sequence;
        watch.saw(lastSequence);
        yield { type: "messages", messages };
        progressMs = performance.now();
      }
      if (consumer.bufferedCount > 0) continue;
      const quietMs = performance.now() - progressMs;
      const isReached = Math.max(lastSequence, consumer.examinedSequence) >= goal;
      const isAtEnd = async (): Promise<boolean> =>
        consumer.heartbeatMs > progressMs || (consumer.wasAtEnd && (await this.#leaderHasNothingAfter(lastSequence)));
      if (!isComplete && isReached && (await isAtEnd())) {
        isComplete = true;
        consumer.idle();
        yield { type: "complete" };
        continue;
      }
      if (consumer.hasFailed) return;
      if (consumer.isOversized) {
        const error = await this.#tooLarge(lastSequence + 1);
        if (error !== undefined) throw error;
        return;
      }
      if (!isComplete && quietMs > STUCK_MS) return;
      this.#checkTime();
      consumer.checkAlive(await this.#wakeUp.wait(CHECK_MS, signal));
    }
  }

  /** Returns the sequence of the collection's last message on the leader; 0 for none. */
  async #lastSequence(deadline: Deadline): Promise<number> {
    const { watch, messages } = this.#parts;
    const { filter } = this.#options.keys;
    const [, last] = await Promise.all([
      askAgain(deadline, (timeoutMs) => watch.verify(timeoutMs)),
      askAgain(deadline, (timeoutMs) => messages.lastHead({ id: filter, subject: filter }, timeoutMs)),
    ]);
    return last?.sequence ?? 0;
  }

  /**
   * Repeats a request as patience allows.
   * @throws `AETHER_STREAM_RESET` at once if the stream does not exist any more
   */
  #ask<T>(request: (deadline: Deadline) => Promise<T>): Promise<T> {
    return this.#patience.ask(async (deadline) => {
      try {
        return await request(deadline);
      } catch (error) {
        await this.#parts.watch.verifyAfter(error, deadline);
        throw error;
      }
    });
  }

  async #leaderHasNothingAfter(sequence: number): Promise<boolean> {
    const { messages } = this.#parts;
    const { filter } = this.#options.keys;
    const last = await this.#ask((deadline) =>
      askAgain(deadline, (timeoutMs) => messages.lastHead({ id: filter, subject: filter }, timeoutMs)),
    );
    return (last?.sequence ?? 0) <= sequence;
  }

  async #openConsumer(deadline: Deadline): Promise<FeedConsumer> {
    const { link, api, sizes } = this.#parts;
    const { keys, name } = this.#options;
    const { filter } = keys;
    const consumer = new FeedConsumer(link, api, {
      name: `${name}-${++this.#consumers}`,
      chunkBytes: sizes.chunkBytes(filter),
      onChange: this.#wakeUp.wake,
    });
    try {
      await askAgain(
        deadline,
        (timeoutMs) => consumer.open(filter, "last per subject", timeoutMs),
        () => false,
      );
      return consumer;
    } catch (error) {
      void consumer.close();
      throw error;
    }
  }

  /** Creates the error for the next message, if it is too large for this connection. */
  async #tooLarge(sequence: number): Promise<unknown> {
    const { collection, keys } = this.#options;
    const { messages } = this.#parts;
    const any = { id: "", subject: keys.filter };
    const idOf = (subject: string): string => keys.idOf(subject) ?? subject;
    const error = await this.#ask((deadline) =>
      askAgain(deadline, (timeoutMs) => messages.tooLarge(any, sequence, timeoutMs, idOf)),
    );
    return error && oversizedError({ collection, id: error.actorId }, error);
  }

  /** @throws NoReplyError if a read that is not endless has had no result for too long */
  #checkTime(): void {
    const { isEndless, deadline } = this.#options;
    if (!isEndless && deadline.isOver) throw new NoReplyError("time-out", this.#parts.streamName);
  }
}

/** Makes a message that a consumer has delivered readable like any stored message. */
export function storedMessage({ sequence, message }: FeedMessage): StoredMessage {
  return { sequence, data: message.data, header: (name) => headerOf(message, name) };
}

function headerOf(message: NatsMessage, name: string): string | undefined {
  try {
    return message.headers?.get(name) || undefined;
  } catch {
    return undefined; // Clients throw if a header is malformed.
  }
}
