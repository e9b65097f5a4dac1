import { encodeText, type NatsMessage } from "@aether/nats";
import { parseAnswer } from "./answer.ts";
import { ApiError, isOvertaken } from "./api-error.ts";
import { EXPECTATION_HEADER, headerBlock } from "./headers.ts";
import type { ConsumerInbox, Link } from "./link.ts";
import { NoReplyError } from "./no-reply-error.ts";
import { type ForeignStream, readPublishAnswer } from "./publish-answer.ts";
import { type MessageJson, messageFromJson, type StoredMessage } from "./stored-message.ts";
import { isRemote, type StreamPlace } from "./stream-place.ts";

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
  readonly allow_rollup_hdrs?: boolean;
  readonly max_msgs_per_subject: number;
  readonly description: string;
  readonly first_seq?: number;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly max_bytes?: number;
  /** Maximum size of a message, headers and payload, in bytes. -1 if there is none. */
  readonly max_msg_size?: number;
  readonly duplicate_window?: number;
  readonly compression?: "none" | "s2";
  readonly placement?: { readonly cluster?: string | undefined; readonly tags?: readonly string[] | undefined };
}

/** JetStream's description of a stream. */
export interface StreamInfo extends StreamPlace {
  /** The settings, including some that the store does not know. */
  readonly config: Partial<StreamConfig> & Readonly<Record<string, unknown>>;
  /** Creation time, in the format of RFC 3339. */
  readonly created: string;
  readonly state: {
    readonly first_seq: number;
    readonly last_seq: number;
  };
}

interface SubjectsInfo {
  /** Number of messages by subject. */
  readonly state: { readonly subjects?: Readonly<Record<string, number>> };
  /** Number of subjects that match. */
  readonly total?: number;
}

/** JetStream's description of a new consumer. */
export interface ConsumerInfo {
  /** Number of messages that the consumer will deliver. */
  readonly num_pending: number;
  /** `max_batch` is the maximum number of messages in one request; 0 or `undefined` if there is none. */
  readonly config?: { readonly max_batch?: number | undefined };
}

/** Requests that may need storage. All others only read. */
const storingOperations = /^STREAM\.(CREATE|UPDATE)\./;

/** The JetStream API requests for one stream. Each request is sent once. */
export class JetStreamApi {
  readonly #link: Link;
  readonly #prefix: string;
  readonly #stream: string;
  /** The place of the stream in its latest description. */
  #place: StreamPlace = {};

  /** @param prefix - start of the subjects of all requests, such as `"$JS.API"` */
  constructor(link: Link, prefix: string, stream: string) {
    this.#link = link;
    this.#prefix = prefix;
    this.#stream = stream;
  }

  /** JetStream domain of the stream; `undefined` if it has none. */
  get domain(): string | undefined {
    return this.#place.domain;
  }

  /** True if a leaf node connection may lie between this connection and the stream. */
  get isRemote(): boolean {
    return isRemote(this.#place, this.#link.server);
  }

  /** True if the connection's server itself is the leader of the stream, according to the latest description. */
  get isOnServer(): boolean {
    const { leader } = this.#place.cluster ?? {};
    return leader === undefined ? !this.isRemote : leader === this.#link.server.server_name;
  }

  /** Reads the stream's description, and remembers where the stream is. @throws ApiError, NoReplyError */
  async streamInfo(timeoutMs: number): Promise<StreamInfo> {
    const info = await this.#request<StreamInfo>(`STREAM.INFO.${this.#stream}`, undefined, timeoutMs);
    const { domain, cluster } = info;
    this.#place = { domain, cluster };
    return info;
  }

  /**
   * Lists the subjects that match a filter and have messages, in their order, up to 100,000 at a time.
   * @throws ApiError, NoReplyError
   */
  async subjects(
    filter: string,
    offset: number,
    timeoutMs: number,
  ): Promise<{ readonly subjects: readonly string[]; readonly total: number }> {
    const query = { subjects_filter: filter, offset };
    const { state, total = 0 } = await this.#request<SubjectsInfo>(`STREAM.INFO.${this.#stream}`, query, timeoutMs);
    return { subjects: Object.keys(state.subjects ?? {}).sort(), total };
  }

  /** Creates the stream, and reads its description. @throws ApiError, NoReplyError */
  async createStream(config: StreamConfig, timeoutMs: number): Promise<StreamInfo> {
    await this.#request(`STREAM.CREATE.${this.#stream}`, config, timeoutMs);
    return this.streamInfo(timeoutMs); // The answer to the first request lacks the place of the stream.
  }

  /** Changes the settings of the stream, and reads its description. @throws ApiError, NoReplyError */
  async updateStream(config: object, timeoutMs: number): Promise<StreamInfo> {
    await this.#request(`STREAM.UPDATE.${this.#stream}`, config, timeoutMs);
    return this.streamInfo(timeoutMs);
  }

  /**
   * Reads an answer to a publish on a subject of the stream. Resolves to the sequence of the message, or, if another
   * stream has answered, to a description of that stream.
   * @throws ApiError if the stream rejected the message, NoReplyError if the answer is unreadable
   */
  readAnswer(answer: Uint8Array, subject: string): number | ForeignStream {
    return readPublishAnswer(answer, subject, this.#stream, this.#place.domain);
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
    return this.#link.requestMany(`${this.#prefix}.DIRECT.GET.${this.#stream}`, query, timeoutMs, isLast);
  }

  /**
   * Publishes a record if the subject's last message has the expected sequence. Resolves to the sequence of the record.
   * @throws ApiError, NoReplyError
   */
  publishAfter(subject: string, payload: Uint8Array, expectedSequence: number, timeoutMs: number): Promise<number> {
    const headers = headerBlock({ [EXPECTATION_HEADER]: expectedSequence });
    return new Promise((resolve, reject) => {
      const receive = ({ data }: NatsMessage): boolean => {
        try {
          const answer = this.readAnswer(data, subject);
          if (typeof answer !== "number") return false;
          resolve(answer);
        } catch (error) {
          reject(error);
        }
        return true;
      };
      this.#link.send(subject, payload, timeoutMs, headers, receive, reject);
    });
  }

  /**
   * Waits until the leader has received everything that this connection has published to a subject, unless it was lost
   * on the way. Resolves to the sequence of the subject's last message; 0 for none. For this, it publishes a message
   * that is always rejected, because no message has the sequence that it expects.
   * @throws ApiError, for example while another message on the subject is being replicated, NoReplyError
   */
  async fence(subject: string, timeoutMs: number): Promise<number> {
    try {
      await this.publishAfter(subject, new Uint8Array(), Number.MAX_SAFE_INTEGER, timeoutMs);
    } catch (error) {
      const last = isOvertaken(error) ? error.lastSequence : undefined;
      if (last === undefined) throw error;
      return last;
    }
    throw new NoReplyError("unreadable", subject);
  }

  /** Creates a consumer, and reads its description. @throws ApiError, NoReplyError */
  createConsumer(
    name: string,
    filterSubject: string | undefined,
    config: object,
    timeoutMs: number,
  ): Promise<ConsumerInfo> {
    const path = `CONSUMER.CREATE.${this.#stream}.${name}`;
    return this.#request<ConsumerInfo>(
      filterSubject === undefined ? path : `${path}.${filterSubject}`,
      { stream_name: this.#stream, config: { ...config, name, filter_subject: filterSubject } },
      timeoutMs,
    );
  }

  /** Requests messages from a consumer. They arrive in the inbox. @throws NoReplyError */
  pull(consumer: string, request: object, inbox: ConsumerInbox): void {
    inbox.request(`${this.#prefix}.CONSUMER.MSG.NEXT.${this.#stream}.${consumer}`, encodeText(JSON.stringify(request)));
  }

  /**
   * Deletes a consumer without waiting. If the request gets lost, the server deletes the inactive consumer later.
   * @throws NoReplyError if the request could not be sent
   */
  deleteConsumer(consumer: string): void {
    if (!this.#link.isClosed)
      this.#link.publish(`${this.#prefix}.CONSUMER.DELETE.${this.#stream}.${consumer}`, new Uint8Array());
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
    const subject = `${this.#prefix}.${operation}`;
    const payload = body === undefined ? new Uint8Array() : encodeText(JSON.stringify(body));
    const reply = await this.#link.request(subject, payload, timeoutMs);
    return parseAnswer<Answer>(reply.data, subject, !storingOperations.test(operation));
  }
}
