import type { Actor } from "../actor.ts";
import { MessageTooLargeError } from "../errors.ts";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import type { MessageSizes } from "../protocol/message-sizes.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { MessageHead, StoredMessage } from "../protocol/stored-message.ts";
import { actorIdOf } from "../subjects.ts";
import { type DeliveredMessage, type FirstRequest, Pull, type Selection } from "./pull.ts";

/** The message is requested once the consumer exists. Over a leaf node connection, earlier requests are often lost. */
const LATE_REQUEST: FirstRequest = { isEarly: false, graceMs: 0, onUnanswered: () => {} };

/** The size of the payload in bytes. The server adds this header to messages without payload. */
const SIZE_HEADER = "Nats-Msg-Size";

export interface SingleMessagesOptions {
  readonly streamName: string;
  readonly sizes: MessageSizes;
  /** True if the stream has replicas. */
  readonly isReplicated: () => boolean;
  /** Prefix of consumer names. It is unique among the stores of the stream. */
  readonly consumerPrefix: string;
}

/**
 * Reads single messages, as the leader of the stream has them.
 *
 * Usually, one request to the leader is enough. But its answer contains the message in base64, a third larger than it
 * was published. If the answer exceeds the limit of a server at a leaf node connection, that server closes the
 * connection, for all its users. So a remote stream is read through consumers instead: they deliver a message as it was
 * published, without its payload on request, and not at all if it is too large.
 */
export class SingleMessages {
  readonly #link: Link;
  readonly #api: JetStreamApi;
  readonly #options: SingleMessagesOptions;
  #consumers = 0;

  constructor(link: Link, api: JetStreamApi, options: SingleMessagesOptions) {
    this.#link = link;
    this.#api = api;
    this.#options = options;
  }

  /** Reads the last message of a subject. The payload may be missing. @throws ApiError, NoReplyError */
  async lastHead(actor: Actor, timeoutMs: number): Promise<MessageHead | undefined> {
    return this.#options.sizes.isRemote
      ? headOf(await this.#lastRemote(actor, true, timeoutMs))
      : this.#api.lastMessage(actor.subject, timeoutMs);
  }

  /** Reads the last message of a subject. @throws ApiError, NoReplyError, `AETHER_MESSAGE_TOO_LARGE` */
  last(actor: Actor, timeoutMs: number): Promise<StoredMessage | undefined> {
    return this.#options.sizes.isRemote
      ? this.#lastRemote(actor, false, timeoutMs)
      : this.#api.lastMessage(actor.subject, timeoutMs);
  }

  /**
   * Reads a subject's first message at or after a sequence. The payload may be missing.
   * @throws ApiError, NoReplyError
   */
  async nextHead(actor: Actor, sequence: number, timeoutMs: number): Promise<MessageHead | undefined> {
    return this.#options.sizes.isRemote
      ? headOf(await this.#nextRemote(actor, sequence, true, timeoutMs))
      : this.#api.nextMessage(actor.subject, sequence, timeoutMs);
  }

  /**
   * Reads a subject's first message at or after a sequence.
   * @throws ApiError, NoReplyError, `AETHER_MESSAGE_TOO_LARGE`
   */
  next(actor: Actor, sequence: number, timeoutMs: number): Promise<StoredMessage | undefined> {
    return this.#options.sizes.isRemote
      ? this.#nextRemote(actor, sequence, false, timeoutMs)
      : this.#api.nextMessage(actor.subject, sequence, timeoutMs);
  }

  /**
   * Creates the error for a message that was not delivered because of its size. Returns `undefined` if there is no such
   * message: nats-server sometimes claims that a small message is too large, if the reader was not reachable when the
   * message was to be sent.
   *
   * @param actor - its id may be empty if the subject is a filter
   * @param idOf - returns the id for the error if the subject is a filter
   */
  async tooLarge(
    actor: Actor,
    sequence: number,
    timeoutMs: number,
    idOf: (subject: string) => string = actorIdOf,
  ): Promise<MessageTooLargeError | undefined> {
    const head = await this.#deliver(actor, { subject: actor.subject, from: sequence, isHeadersOnly: true }, timeoutMs);
    const sizeBytes = Number(head?.header(SIZE_HEADER) ?? 0);
    const limitBytes = this.#link.server.max_payload;
    if (head === undefined || sizeBytes < limitBytes / 2) return undefined;
    return new MessageTooLargeError({
      streamName: this.#options.streamName,
      actorId: actor.id === "" ? idOf(head.subject) : actor.id,
      sequence: head.sequence,
      sizeBytes,
      limitBytes,
    });
  }

  /**
   * A consumer may be on a replica that lags behind. So the leader is asked for later messages. Usually there is none,
   * so the answer is short.
   */
  async #lastRemote(actor: Actor, isHeadersOnly: boolean, timeoutMs: number): Promise<StoredMessage | undefined> {
    const { subject } = actor;
    const last = await this.#deliver(actor, { subject, from: "last", isHeadersOnly }, timeoutMs);
    if (!this.#options.isReplicated()) return last;
    if (last === undefined) return this.#api.lastMessage(subject, timeoutMs);
    const later = await this.#api.nextMessage(subject, last.sequence + 1, timeoutMs);
    if (later !== undefined) throw new NoReplyError("outdated", subject);
    return last;
  }

  async #nextRemote(
    actor: Actor,
    sequence: number,
    isHeadersOnly: boolean,
    timeoutMs: number,
  ): Promise<StoredMessage | undefined> {
    const { subject } = actor;
    const next = await this.#deliver(actor, { subject, from: sequence, isHeadersOnly }, timeoutMs);
    if (next !== undefined || !this.#options.isReplicated()) return next;
    return this.#api.nextMessage(subject, sequence, timeoutMs);
  }

  /** Reads the first message of a selection through a consumer. */
  async #deliver(actor: Actor, selection: Selection, timeoutMs: number): Promise<DeliveredMessage | undefined> {
    const name = `${this.#options.consumerPrefix}-single-${++this.#consumers}`;
    const pull = new Pull(this.#link, this.#api, name, this.#options.sizes.chunkBytes(actor.subject));
    try {
      if ((await pull.open(selection, 1, LATE_REQUEST, timeoutMs)) === 0) return undefined;
      const { messages, end } = await pull.chunk({ requestTimeoutMs: timeoutMs, signal: undefined });
      const [message] = messages;
      if (message !== undefined || end === "partial") return message;
      if (end !== "oversized") throw new NoReplyError("time-out", actor.subject);
    } finally {
      pull.close();
    }
    const sequence = selection.from === "last" ? (await this.lastHead(actor, timeoutMs))?.sequence : selection.from;
    throw (await this.tooLarge(actor, sequence ?? 1, timeoutMs)) ?? new NoReplyError("outdated", actor.subject);
  }
}

function headOf(message: StoredMessage | undefined): MessageHead | undefined {
  return message && { sequence: message.sequence, header: (name) => message.header(name) };
}
