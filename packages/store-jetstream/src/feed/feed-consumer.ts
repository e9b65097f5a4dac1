import type { NatsMessage } from "@aether/nats";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { ConsumerInbox, Link } from "../protocol/link.ts";

/** A message that the consumer delivered. */
export interface FeedMessage {
  /** Sequence of the message in the stream. */
  readonly sequence: number;
  readonly message: NatsMessage;
}

export interface FeedConsumerOptions {
  readonly name: string;
  /** Maximum size of the messages of one request, in bytes. */
  readonly chunkBytes: number;
  /** Called after a message or a heartbeat has arrived, and after a failure. */
  readonly onChange: () => void;
}

const CONSUMER_CONFIG = {
  ack_policy: "none",
  description: "Read of an Aether store.",
  max_deliver: 1,
  mem_storage: true,
  num_replicas: 1,
  // If a reader dies or stops requesting, the server deletes its consumer after this time.
  inactive_threshold: 60_000_000_000,
} as const;

/** Number of messages of one request. The next request is sent while the messages of this one arrive. */
const REQUEST_MESSAGES = 4_000;
/** If no more messages than this are in the buffer, and no more are requested, further ones are requested. */
const LOW_MESSAGES = 2_000;
/**
 * Interval of heartbeats, and time after which a request ends, in milliseconds: while the reader waits for the proof
 * that it has caught up, and once it has.
 */
const EAGER = { heartbeatMs: 25, expiresMs: 2_000 };
const IDLE = { heartbeatMs: 200, expiresMs: 30_000 };
/** Time without a message or a heartbeat after which the consumer counts as lost, in milliseconds. */
const LOST_MS = 2_000;
const NANOSECONDS_PER_MS = 1_000_000;

/**
 * An ephemeral consumer of the whole stream, of one partition, or of the last message of each subject. It delivers
 * messages as long as the reader takes them from the buffer, and reports its progress by heartbeats when there are
 * none. Once it has failed, it is of no use any more: another consumer continues after the last message.
 */
export class FeedConsumer {
  readonly #api: JetStreamApi;
  readonly #name: string;
  readonly #inbox: ConsumerInbox;
  readonly #chunkBytes: number;
  readonly #onChange: () => void;
  readonly #stopListening: () => void;
  #buffer: NatsMessage[] = [];
  /** Number of messages that are requested but not yet delivered. */
  #requested = 0;
  /** Number of messages that have arrived. */
  #delivered = 0;
  /** Number of messages of one request. */
  #batch = REQUEST_MESSAGES;
  /** Number of messages that were taken. */
  #taken = 0;
  /** Number of messages to deliver when the consumer was created. */
  #initialCount: number | undefined;
  #lastTaken: NatsMessage | undefined;
  /** The stream sequence up to which everything is delivered, according to the latest heartbeat. */
  #examined = 0;
  #heartbeatMs = Number.NEGATIVE_INFINITY;
  #pace = EAGER;
  #hasHeard = true;
  #silentMs = 0;
  #failure: unknown;
  #hasFailed = false;
  #isOpen = false;
  #wasUseful = false;
  #isOversized = false;
  #created: Promise<unknown> = Promise.resolve();

  constructor(link: Link, api: JetStreamApi, { name, chunkBytes, onChange }: FeedConsumerOptions) {
    this.#api = api;
    this.#name = name;
    this.#chunkBytes = chunkBytes;
    this.#onChange = onChange;
    this.#inbox = link.openInbox(
      (message) => this.#receive(message),
      (error) => this.#fail(error),
    );
    this.#stopListening = link.onReconnect(() => this.#fail(undefined));
  }

  /**
   * Creates the consumer, and requests the first messages.
   * @param filterSubject - filter of the messages; `undefined` for all
   * @param start - sequence to start at, or `"last per subject"` for the last message of each subject, and later ones
   * @throws ApiError, NoReplyError
   */
  async open(filterSubject: string | undefined, start: number | "last per subject", timeoutMs: number): Promise<void> {
    const settings = {
      ...CONSUMER_CONFIG,
      ...(start === "last per subject"
        ? { deliver_policy: "last_per_subject" }
        : { deliver_policy: "by_start_sequence", opt_start_seq: Math.max(1, start) }),
    };
    const created = this.#api.createConsumer(this.#name, filterSubject, settings, timeoutMs);
    this.#created = created.catch(() => {});
    const { config, num_pending } = await created;
    this.#initialCount = num_pending;
    this.#batch = Math.min(REQUEST_MESSAGES, config?.max_batch || REQUEST_MESSAGES);
    this.#isOpen = true;
    this.#hasHeard = true;
    this.#requestMore();
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** The error that made the consumer fail, if there is one. */
  get failure(): unknown {
    return this.#failure;
  }

  /** True if a message or a heartbeat has arrived. */
  get wasUseful(): boolean {
    return this.#wasUseful;
  }

  /** True if the message after those in the buffer exceeds the size of a whole request. */
  get isOversized(): boolean {
    return this.#isOversized;
  }

  /** The number of messages in the buffer. */
  get bufferedCount(): number {
    return this.#buffer.length;
  }

  /**
   * True if no more messages were waiting for delivery after the latest message that was taken, or when the consumer
   * was created.
   */
  get wasAtEnd(): boolean {
    if (this.#lastTaken === undefined) return this.#initialCount === 0;
    const { reply = "" } = this.#lastTaken;
    const [, pending] = /^\d+\.\d+\.\d+\.\d+\.(\d+)/.exec(reply.slice(this.#indexAfterName(reply))) ?? [];
    return pending === "0";
  }

  /** The sequence up to which everything was delivered, according to the latest heartbeat. */
  get examinedSequence(): number {
    return this.#examined;
  }

  /** Time of the latest heartbeat, on the clock of `performance`. Before it, everything had been delivered. */
  get heartbeatMs(): number {
    return this.#heartbeatMs;
  }

  /** Takes up to `count` messages from the buffer. If a message is missing, takes those before it, and fails. */
  take(count: number): readonly FeedMessage[] {
    const all = this.#buffer;
    const messages = all.length <= count ? all : all.slice(0, count);
    this.#buffer = all.length <= count ? [] : all.slice(count);
    const taken = this.#numbered(messages);
    this.#taken += taken.length;
    this.#lastTaken = taken.at(-1)?.message ?? this.#lastTaken;
    if (taken.length < messages.length) this.#fail(undefined);
    else if (this.#isOpen && !this.#hasFailed) this.#requestMore();
    return taken;
  }

  /**
   * Fails the consumer if nothing, not even a heartbeat, has arrived while the reader waited for too long. Time in
   * which the process is busy does not count, because messages may wait in the connection.
   *
   * @param waitedMs - time for which the reader has waited since the last check, in milliseconds
   */
  checkAlive(waitedMs: number): void {
    const isWaiting = this.#isOpen && this.#requested > 0;
    this.#silentMs = this.#hasHeard || !isWaiting ? 0 : this.#silentMs + waitedMs;
    this.#hasHeard = false;
    if (this.#silentMs > LOST_MS) this.#fail(undefined);
  }

  /** Requests fewer heartbeats from now on. Called once the reader has caught up. */
  idle(): void {
    this.#pace = IDLE;
  }

  /** Fails the consumer, because it does not deliver a message that it could deliver. */
  giveUp(): void {
    this.#wasUseful = false;
    this.#fail(undefined);
  }

  /** Deletes the consumer. If the deletion fails, the server deletes the inactive consumer later. */
  async close(): Promise<void> {
    this.#hasFailed = true;
    this.#stopListening();
    this.#inbox.close();
    await this.#created.then(() => this.#api.deleteConsumer(this.#name)).catch(() => {});
  }

  #requestMore(): void {
    while (!this.#isOversized && this.#requested <= LOW_MESSAGES && this.#buffer.length <= LOW_MESSAGES) {
      const request = {
        batch: this.#batch,
        max_bytes: this.#chunkBytes,
        expires: this.#pace.expiresMs * NANOSECONDS_PER_MS,
        idle_heartbeat: this.#pace.heartbeatMs * NANOSECONDS_PER_MS,
      };
      this.#requested += this.#batch;
      try {
        this.#api.pull(this.#name, request, this.#inbox);
      } catch (error) {
        this.#fail(error);
        return;
      }
    }
  }

  #receive(message: NatsMessage): void {
    this.#hasHeard = true;
    // A status message from the server has no payload and no reply subject. A stored message has a reply subject.
    if (message.data.length === 0 && (message.reply ?? "") === "") {
      this.#receiveStatus(message);
      return;
    }
    this.#wasUseful = true;
    this.#delivered++;
    this.#requested--;
    if (this.#requested <= LOW_MESSAGES) this.#requestMore();
    if (this.#buffer.push(message) === 1) this.#onChange();
  }

  #receiveStatus({ headers }: NatsMessage): void {
    const status = headers?.code ?? 0;
    if (status === 100) {
      // Both numbers are from the same moment: this number of messages has everything up to the sequence.
      if (Number(headers?.get("Nats-Last-Consumer")) === this.#delivered) {
        this.#wasUseful = true;
        this.#heartbeatMs = performance.now();
        this.#examined = Math.max(this.#examined, Number(headers?.get("Nats-Last-Stream")) || 0);
        this.#onChange();
      } else this.#fail(undefined); // A message is missing.
      return;
    }
    // 408: the request has expired. 409 with the number of pending messages: it has reached its maximum size.
    const pending = Number(headers?.get("Nats-Pending-Messages") || Number.NaN);
    if ((status !== 408 && status !== 409) || Number.isNaN(pending)) {
      this.#fail(undefined);
      return;
    }
    this.#requested -= pending;
    if (status === 409 && pending === this.#batch) {
      this.#isOversized = true; // Not even the first message of the request fits.
      this.#onChange();
    }
    this.#requestMore();
  }

  /** Adds the sequences, up to the first message whose predecessor is missing. */
  #numbered(messages: readonly NatsMessage[]): readonly FeedMessage[] {
    const [first] = messages;
    const last = messages.at(-1);
    if (first === undefined || last === undefined) return [];
    const start = this.#deliveryOf(first);
    const end = this.#deliveryOf(last);
    const steps = messages.length - 1;
    const isWhole = start.delivery === this.#taken + 1 && end.delivery - start.delivery === steps;
    if (isWhole && end.sequence - start.sequence === steps) {
      // Both numbers ascend. So neither has a gap, and the others need not be decoded.
      return messages.map((message, index) => ({ sequence: start.sequence + index, message }));
    }
    const numbered: FeedMessage[] = [];
    for (const message of messages) {
      const { sequence, delivery } = this.#deliveryOf(message);
      if (delivery !== this.#taken + numbered.length + 1) break;
      numbered.push({ sequence, message });
    }
    return numbered;
  }

  #deliveryOf({ reply = "" }: NatsMessage): { readonly sequence: number; readonly delivery: number } {
    const afterName = this.#indexAfterName(reply);
    const sequenceAt = reply.indexOf(".", afterName) + 1;
    const deliveryAt = reply.indexOf(".", sequenceAt) + 1;
    const deliveryEnd = reply.indexOf(".", deliveryAt);
    return {
      sequence: Number(reply.slice(sequenceAt, deliveryAt - 1)),
      delivery: Number(reply.slice(deliveryAt, deliveryEnd)),
    };
  }

  /** The index in a reply subject after the name of the consumer and a dot. Numbers about the delivery follow. */
  #indexAfterName(reply: string): number {
    return reply.indexOf(this.#name) + this.#name.length + 1;
  }

  #fail(error: unknown): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#failure = error;
    this.#onChange();
  }
}
