import { onAbort } from "@aether/core";
import type { NatsMessage } from "@aether/nats";
import type { Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { ConsumerInbox, Link } from "../protocol/link.ts";
import type { NoReplyError } from "../protocol/no-reply-error.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";

/** The reason why a chunk ended. */
export type ChunkEnd =
  /** All requested messages arrived. */
  | "complete"
  /** The server has no more messages, or the chunk has reached its maximum size. */
  | "partial"
  /** The next message alone exceeds the maximum size of a chunk. */
  | "oversized"
  /** Nothing arrived for too long. A new consumer must continue. */
  | "stalled"
  /** The consumer is gone, or a message is missing. A new consumer must continue. */
  | "broken";

/** Consecutive messages, and the reason why no more follow in this chunk. */
export interface Chunk {
  readonly messages: readonly DeliveredMessage[];
  readonly end: ChunkEnd;
}

const CONSUMER_CONFIG = {
  description: "A read of an Aether store. The server deletes it once it is unused.",
  ack_policy: "none",
  max_deliver: 1,
  mem_storage: true,
  num_replicas: 1,
  // If a reader dies, the server deletes its consumer after this time.
  inactive_threshold: 30_000_000_000,
} as const;

/** The messages that a consumer delivers. */
export interface Selection {
  readonly subject: string;
  /** The first sequence to deliver, or `"last"` for the subject's last message only. */
  readonly from: number | "last";
  /** True to deliver messages without their payloads. @default false */
  readonly isHeadersOnly?: boolean | undefined;
}

/** Options for the first chunk. */
export interface FirstRequest {
  /**
   * True to request the chunk right after the consumer, without waiting. Then both requests are usually answered within
   * one round trip.
   */
  readonly isEarly: boolean;
  /** Time to wait for the answer to an early request, once the consumer exists, before the request is repeated. */
  readonly graceMs: number;
  /** Called if an early request is not answered. */
  readonly onUnanswered: () => void;
}

/**
 * An ephemeral consumer of one subject. It delivers only requested messages, so a slow reader holds only the chunk that
 * it has requested.
 */
export class Pull {
  readonly #api: JetStreamApi;
  readonly #name: string;
  readonly #inbox: ConsumerInbox;
  readonly #chunkBytes: number;
  readonly #stopListening: () => void;
  #messages: DeliveredMessage[] = [];
  #wanted = 0;
  #delivered = 0;
  #end: ChunkEnd | undefined;
  /** True if the server did not handle an early request. */
  #missed = false;
  #maxBatch = Number.POSITIVE_INFINITY;
  #failure: NoReplyError | undefined;
  #wake: (() => void) | undefined;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #created: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor(link: Link, api: JetStreamApi, name: string, chunkBytes: number) {
    this.#api = api;
    this.#name = name;
    this.#chunkBytes = chunkBytes;
    this.#inbox = link.openInbox(
      (message) => this.#receive(message),
      (error) => this.#fail(error),
    );
    this.#stopListening = link.onReconnect(() => this.#finish("broken"));
  }

  /**
   * Creates the consumer, and requests the first chunk. Resolves to the number of messages that it will deliver.
   * @throws ApiError, NoReplyError
   */
  async open(selection: Selection, chunkSize: number, first: FirstRequest, timeoutMs: number): Promise<number> {
    const { subject, isHeadersOnly } = selection;
    const config = { ...CONSUMER_CONFIG, ...positionOf(selection), headers_only: isHeadersOnly === true };
    const created = this.#api.createConsumer(this.#name, subject, config, timeoutMs);
    // Prevents an unhandled rejection if the request for the first chunk throws.
    this.#created = created.catch(() => {});
    if (first.isEarly) this.request(chunkSize);
    const { num_pending: pending, config: { max_batch } = {} } = await created;
    if (this.#isClosed) return pending; // The reader has stopped.
    this.#maxBatch = max_batch || Number.POSITIVE_INFINITY;
    this.#wanted = Math.min(chunkSize, pending, this.#maxBatch);
    // An early request may have arrived before the consumer existed, or may have requested too many messages.
    if (!first.isEarly || this.#missed || chunkSize > this.#maxBatch) this.request(this.#wanted);
    else if (this.#messages.length >= this.#wanted) this.#finish("complete");
    else if (this.#delivered === 0) this.#grace = setTimeout(() => this.#requestAgain(first), first.graceMs);
    return pending;
  }

  /**
   * Requests the first chunk again. An early request can get lost without a "no responders" error, for example if a
   * monitoring client subscribes to all subjects.
   */
  #requestAgain({ onUnanswered }: FirstRequest): void {
    if (this.#delivered > 0 || this.#end !== undefined) return;
    onUnanswered();
    try {
      this.request(this.#wanted);
    } catch (error) {
      this.#fail(error as NoReplyError); // A timer has no caller that could catch the error.
    }
  }

  /**
   * Resolves to a chunk once it has ended, or nothing has arrived for a while.
   * @throws NoReplyError, `signal.reason`
   */
  async chunk({ requestTimeoutMs, signal }: Pick<Deadline, "requestTimeoutMs" | "signal">): Promise<Chunk> {
    while (this.#end === undefined) {
      const before = this.#delivered;
      await this.#next(requestTimeoutMs, signal);
      if (this.#end === undefined && this.#delivered === before) this.#end = "stalled";
    }
    const chunk = { messages: this.#messages, end: this.#end };
    this.#messages = [];
    if (chunk.messages.length === 0 && this.#failure !== undefined) throw this.#failure;
    return chunk;
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#grace);
    this.#stopListening();
    this.#inbox.close();
    // The server handles requests in parallel, so the deletion must wait for the creation. If the deletion fails, the
    // server deletes the inactive consumer later.
    void this.#created.then(() => this.#api.deleteConsumer(this.#name)).catch(() => {});
  }

  /** Requests up to `count` messages, or fewer if the server has a limit. @throws NoReplyError */
  request(count: number): void {
    this.#wanted = Math.min(count, this.#maxBatch);
    this.#end = undefined;
    this.#missed = false;
    if (count === 0) {
      this.#finish("complete");
      return;
    }
    const request = { batch: this.#wanted, no_wait: true, max_bytes: this.#chunkBytes };
    this.#api.pull(this.#name, request, this.#inbox);
  }

  #receive(message: NatsMessage): void {
    // A status message from the server has no reply subject. A stored message has one.
    const reply = message.reply ?? "";
    if (reply === "") this.#receiveStatus(message.headers?.code ?? 0, message.headers?.description ?? "");
    else this.#receiveMessage(message, reply);
  }

  #receiveStatus(status: number, description: string): void {
    if (status < 400) return;
    // The server's answer to an early request that exceeds its limit. `open` sends a request within the limit.
    if (status === 409 && /exceeded maxrequestbatch/i.test(description)) return;
    this.#missed = status === 503;
    // 404 and 408: there are no more messages. 409: the chunk has its maximum size, or the consumer has failed.
    if (status === 404 || status === 408 || (status === 409 && this.#messages.length > 0)) this.#finish("partial");
    else this.#finish(status === 409 && /exceeds maxbytes/i.test(description) ? "oversized" : "broken");
  }

  #receiveMessage(message: NatsMessage, reply: string): void {
    const [sequence, delivery] = this.#deliveryOf(reply);
    if (delivery !== this.#delivered + 1) {
      this.#finish("broken");
      return;
    }
    this.#delivered = delivery;
    this.#messages.push(new DeliveredMessage(sequence, message));
    if (this.#messages.length >= this.#wanted) this.#finish("complete");
  }

  /**
   * Reads the stream sequence and the delivery number from the reply subject of a delivered message:
   * `$JS.ACK.<stream>.<consumer>.<tries>.<sequence>.<delivery>.<time>.<pending>`, on some servers with
   * `<domain>.<account>` before the stream.
   */
  #deliveryOf(reply: string): readonly [sequence: number, delivery: number] {
    const afterName = reply.indexOf(this.#name) + this.#name.length + 1;
    const sequenceAt = reply.indexOf(".", afterName) + 1;
    const deliveryAt = reply.indexOf(".", sequenceAt) + 1;
    const deliveryEnd = reply.indexOf(".", deliveryAt);
    return [Number(reply.slice(sequenceAt, deliveryAt - 1)), Number(reply.slice(deliveryAt, deliveryEnd))];
  }

  #fail(error: NoReplyError): void {
    this.#failure = error;
    this.#finish("broken");
  }

  #finish(end: ChunkEnd): void {
    this.#end ??= end;
    this.#wake?.();
  }

  #next(stallMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const stop = (act: () => void) => (): void => {
        clearTimeout(timer);
        stopListening?.();
        this.#wake = undefined;
        act();
      };
      const timer = setTimeout(stop(resolve), stallMs);
      this.#wake = stop(resolve);
      const stopListening =
        signal &&
        onAbort(
          signal,
          stop(() => reject(signal.reason)),
        );
    });
  }
}

function positionOf({ from }: Selection): object {
  if (from === "last") return { deliver_policy: "last_per_subject" };
  return from <= 1 ? { deliver_policy: "all" } : { deliver_policy: "by_start_sequence", opt_start_seq: from };
}

/** A message that a consumer delivered. Its headers are decoded on first use. */
export class DeliveredMessage implements StoredMessage {
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly #message: NatsMessage;

  constructor(sequence: number, message: NatsMessage) {
    this.sequence = sequence;
    this.data = message.data;
    this.#message = message;
  }

  get subject(): string {
    return this.#message.subject;
  }

  header(name: string): string | undefined {
    try {
      return this.#message.headers?.get(name) || undefined;
    } catch {
      return undefined; // Clients throw if a header is malformed.
    }
  }
}
