import type { NatsMessage } from "@aether/nats";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Inbox, Link } from "../protocol/link.ts";
import type { NoReplyError } from "../protocol/no-reply-error.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";

/** Why waiting for a chunk ended. */
export type ChunkEnd =
  /** Everything that was asked for is there. */
  | "complete"
  /** The server has no more, or not in this answer. */
  | "partial"
  /** The consumer is gone, a message is missing, or nothing came for too long: begin anew behind the last message. */
  | "broken";

/** Messages in a row, and why there are not more. */
export interface Chunk {
  readonly messages: readonly StoredMessage[];
  readonly end: ChunkEnd;
}

const CONSUMER_CONFIG = {
  ack_policy: "none",
  max_deliver: 1,
  mem_storage: true,
  num_replicas: 1,
  // A reader that died leaves its consumer behind for so long.
  inactive_threshold: 30_000_000_000,
} as const;

/** How the first chunk is asked for. */
export interface FirstAsk {
  /** In the same breath as the consumer is made: then the answer to both arrives after one round trip. */
  readonly early: boolean;
  /** How long to wait for an answer to an early one, once the consumer is there, before asking again. */
  readonly graceMs: number;
  /** Told that the answer to an early one did not come. */
  readonly swallowed: () => void;
}

/**
 * One ephemeral consumer of one subject. It delivers only what is asked for, so a slow reader holds one chunk and the
 * server keeps the rest.
 */
export class Pull {
  readonly #api: JetStreamApi;
  readonly #name: string;
  readonly #inbox: Inbox;
  readonly #chunkBytes: number;
  readonly #stopListening: () => void;
  #messages: StoredMessage[] = [];
  #wanted = 0;
  #delivered = 0;
  #end: ChunkEnd | undefined;
  #missed = false;
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
      (error) => {
        this.#failure = error;
        this.#finish("broken");
      },
    );
    this.#stopListening = link.onReconnect(() => this.#finish("broken"));
  }

  /**
   * Makes the consumer, and asks for the first chunk. Resolves to the number of messages that there are from
   * `startSequence` on. @throws ApiError, NoReplyError
   */
  async open(subject: string, startSequence: number, chunkSize: number, first: FirstAsk): Promise<number> {
    const from =
      startSequence <= 1
        ? { deliver_policy: "all" }
        : { deliver_policy: "by_start_sequence", opt_start_seq: startSequence };
    const created = this.#api.createConsumer(this.#name, subject, { ...CONSUMER_CONFIG, ...from });
    // Awaited below, unless asking fails first.
    this.#created = created.catch(() => {});
    if (first.early) this.ask(chunkSize);
    const pending = await created;
    if (this.#isClosed) return pending; // the reader did not wait for this
    this.#wanted = Math.min(chunkSize, pending);
    // An early request may have arrived before the consumer was there.
    if (!first.early || this.#missed) this.ask(this.#wanted);
    else if (this.#messages.length >= this.#wanted) this.#finish("complete");
    else if (this.#delivered === 0) this.#grace = setTimeout(() => this.#askAgain(first), first.graceMs);
    return pending;
  }

  /** Nobody says that a request came too early where somebody else listens to all requests, such as a monitor. */
  #askAgain({ swallowed }: FirstAsk): void {
    if (this.#delivered > 0 || this.#end !== undefined) return;
    swallowed();
    this.ask(this.#wanted);
  }

  /** What arrived of what was asked for, when that is all, or nothing came for `stallMs`. */
  async chunk(stallMs: number, signal: AbortSignal | undefined): Promise<Chunk> {
    while (this.#end === undefined) {
      const before = this.#delivered;
      await this.#next(stallMs, signal);
      if (this.#end === undefined && this.#delivered === before) this.#end = "broken";
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
    // The server handles requests side by side: one to delete must not overtake the one to create.
    void this.#created.then(() => this.#api.deleteConsumer(this.#name)).catch(() => {}); // it goes by itself, later
  }

  /** Asks for the next messages, at most so many. */
  ask(count: number): void {
    this.#wanted = count;
    this.#end = undefined;
    this.#missed = false;
    if (count === 0) {
      this.#finish("complete");
      return;
    }
    const request = { batch: count, no_wait: true, max_bytes: this.#chunkBytes };
    this.#api.pull(this.#name, request, this.#inbox.subject);
  }

  #receive(message: NatsMessage): void {
    // What the server says itself has no reply subject; a stored message has one, whatever headers were published.
    const reply = message.reply ?? "";
    if (reply === "") this.#receiveStatus(message.headers?.code ?? 0);
    else this.#receiveMessage(message, reply);
  }

  #receiveStatus(status: number): void {
    if (status < 400) return;
    this.#missed = status === 503;
    // 404 and 408 say that there is no more; 409 says that the chunk is full, or that the consumer is in trouble.
    const isPartial = status === 404 || status === 408 || (status === 409 && this.#messages.length > 0);
    this.#finish(isPartial ? "partial" : "broken");
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
   * The sequence in the stream and the number of the delivery, from the reply subject of a delivered message:
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

  #finish(end: ChunkEnd): void {
    this.#end ??= end;
    this.#wake?.();
  }

  #next(stallMs: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (act: () => void) => (): void => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        this.#wake = undefined;
        act();
      };
      const onAbort = stop(() => reject(signal?.reason));
      const timer = setTimeout(stop(resolve), stallMs);
      this.#wake = stop(resolve);
      if (signal?.aborted === true) onAbort();
      else signal?.addEventListener("abort", onAbort);
    });
  }
}

/** A message on its way from a consumer. Its headers are decoded where they are asked for. */
class DeliveredMessage implements StoredMessage {
  readonly sequence: number;
  readonly data: Uint8Array;
  readonly #message: NatsMessage;

  constructor(sequence: number, message: NatsMessage) {
    this.sequence = sequence;
    this.data = message.data;
    this.#message = message;
  }

  header(name: string): string | undefined {
    try {
      return this.#message.headers?.get(name) || undefined;
    } catch {
      return undefined; // clients throw when a header is malformed
    }
  }
}
