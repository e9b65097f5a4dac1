import { decodeText, encodeText, type NatsMessage } from "@aether/nats";
import { ApiError, type ApiErrorJson } from "./api-error.ts";
import { EXPECTATION_HEADER, headerBlock } from "./headers.ts";
import type { ConsumerInbox, Link } from "./link.ts";
import { NoReplyError } from "./no-reply-error.ts";
import { type MessageJson, messageFromJson, type StoredMessage } from "./stored-message.ts";

/** The stream settings that the store sets or compares, with their JetStream names. Durations are in nanoseconds. */
export interface StreamConfig {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly storage: "file" | "memory";
  readonly retention: "limits" | "interest" | "workqueue";
  readonly discard: "new" | "old";
  readonly max_age: number;
  readonly num_replicas: number;
  readonly deny_delete: boolean;
  readonly deny_purge: boolean;
  readonly allow_direct: boolean;
  readonly duplicate_window: number;
  readonly max_msgs_per_subject: number;
  readonly description: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly max_bytes?: number;
  /** Maximum size of a message, headers and payload, in bytes. -1 if there is none. */
  readonly max_msg_size?: number;
  readonly compression?: "none" | "s2";
  readonly placement?: { readonly cluster?: string | undefined; readonly tags?: readonly string[] | undefined };
}

/** JetStream's description of a stream. */
export interface StreamInfo {
  /** The settings, including some that the store does not know. */
  readonly config: Partial<StreamConfig> & Readonly<Record<string, unknown>>;
  /** Creation time, in the format of RFC 3339. */
  readonly created: string;
  readonly state: {
    readonly first_seq: number;
    readonly last_seq: number;
  };
}

/** Requests that may need storage. All others only read. */
const storingOperations = /^STREAM\.(CREATE|UPDATE)\./;

/** The JetStream API requests for one stream. Each request is sent once. */
export class JetStreamApi {
  readonly #link: Link;
  readonly #stream: string;

  constructor(link: Link, stream: string) {
    this.#link = link;
    this.#stream = stream;
  }

  /** @throws ApiError, NoReplyError */
  streamInfo(timeoutMs: number): Promise<StreamInfo> {
    return this.#request<StreamInfo>(`STREAM.INFO.${this.#stream}`, undefined, timeoutMs);
  }

  /** @throws ApiError, NoReplyError */
  createStream(config: StreamConfig, timeoutMs: number): Promise<StreamInfo> {
    return this.#request<StreamInfo>(`STREAM.CREATE.${this.#stream}`, config, timeoutMs);
  }

  /** @throws ApiError, NoReplyError */
  updateStream(config: object, timeoutMs: number): Promise<StreamInfo> {
    return this.#request<StreamInfo>(`STREAM.UPDATE.${this.#stream}`, config, timeoutMs);
  }

  /** Asks the stream's leader for the last message of a subject. @throws ApiError, NoReplyError */
  lastMessage(subject: string, timeoutMs: number): Promise<StoredMessage | undefined> {
    return this.#message({ last_by_subj: subject }, timeoutMs);
  }

  /** Asks the stream's leader for a subject's first message at or after a sequence. @throws ApiError, NoReplyError */
  nextMessage(subject: string, sequence: number, timeoutMs: number): Promise<StoredMessage | undefined> {
    return this.#message({ seq: sequence, next_by_subj: subject }, timeoutMs);
  }

  /**
   * Asks any replica or mirror for a subject's first messages at or after a sequence. Resolves to all answers, up to
   * and including the first one for which `isLast` returns true.
   * @throws NoReplyError
   */
  directMessages(
    subject: string,
    sequence: number,
    limits: { readonly batch: number; readonly max_bytes: number },
    isLast: (message: NatsMessage, index: number) => boolean,
    timeoutMs: number,
  ): Promise<NatsMessage[]> {
    const query = encodeText(JSON.stringify({ seq: sequence, next_by_subj: subject, ...limits }));
    return this.#link.requestMany(`$JS.API.DIRECT.GET.${this.#stream}`, query, timeoutMs, isLast);
  }

  /**
   * Publishes a record if the subject's last message has the expected sequence. Resolves to the sequence of the record.
   * @throws ApiError, NoReplyError
   */
  async publishAfter(
    subject: string,
    payload: Uint8Array,
    expectedSequence: number,
    timeoutMs: number,
  ): Promise<number> {
    const headers = headerBlock({ [EXPECTATION_HEADER]: expectedSequence });
    const reply = await this.#link.request(subject, payload, timeoutMs, headers);
    return publishedSequence(reply.data, subject);
  }

  /** Creates a consumer. Resolves to the number of messages that it will deliver. @throws ApiError, NoReplyError */
  async createConsumer(name: string, filterSubject: string, config: object, timeoutMs: number): Promise<number> {
    const { num_pending } = await this.#request<{ readonly num_pending: number }>(
      `CONSUMER.CREATE.${this.#stream}.${name}.${filterSubject}`,
      { stream_name: this.#stream, config: { ...config, name, filter_subject: filterSubject } },
      timeoutMs,
    );
    return num_pending;
  }

  /** Requests messages from a consumer. They arrive in the inbox. @throws NoReplyError */
  pull(consumer: string, request: object, inbox: ConsumerInbox): void {
    inbox.request(`$JS.API.CONSUMER.MSG.NEXT.${this.#stream}.${consumer}`, encodeText(JSON.stringify(request)));
  }

  /**
   * Deletes a consumer without waiting. If the request gets lost, the server deletes the inactive consumer later.
   * @throws NoReplyError if the request could not be sent
   */
  deleteConsumer(consumer: string): void {
    if (!this.#link.isClosed)
      this.#link.publish(`$JS.API.CONSUMER.DELETE.${this.#stream}.${consumer}`, new Uint8Array());
  }

  async #message(query: object, timeoutMs: number): Promise<StoredMessage | undefined> {
    try {
      const { message } = await this.#request<{ readonly message: MessageJson }>(
        `STREAM.MSG.GET.${this.#stream}`,
        query,
        timeoutMs,
      );
      return messageFromJson(message);
    } catch (error) {
      if (error instanceof ApiError && error.is("noMessageFound")) return undefined;
      throw error;
    }
  }

  async #request<Answer>(operation: string, body: object | undefined, timeoutMs: number): Promise<Answer> {
    const subject = `$JS.API.${operation}`;
    const payload = body === undefined ? new Uint8Array() : encodeText(JSON.stringify(body));
    const reply = await this.#link.request(subject, payload, timeoutMs);
    return parseAnswer<Answer>(reply.data, subject, !storingOperations.test(operation));
  }
}

/** Reads the sequence from the answer to a publish. @throws ApiError, NoReplyError if the answer is unreadable */
export function publishedSequence(answer: Uint8Array, subject: string): number {
  const { seq } = parseAnswer<{ readonly seq?: unknown }>(answer, subject);
  if (typeof seq !== "number") throw new NoReplyError("unreadable", subject);
  return seq;
}

function parseAnswer<Answer>(data: Uint8Array, request: string, isRead = false): Answer {
  const answer = parseJson(data, request) as (Answer & { readonly error?: ApiErrorJson }) | null;
  if (typeof answer !== "object" || answer === null) throw new NoReplyError("unreadable", request);
  if (answer.error !== undefined) throw new ApiError(answer.error, isRead);
  return answer;
}

function parseJson(data: Uint8Array, request: string): unknown {
  try {
    return JSON.parse(decodeText(data));
  } catch (cause) {
    throw new NoReplyError("unreadable", request, cause);
  }
}
