import type { NatsMessage } from "@aether/nats";
import { decodeText, encodeText, pause } from "@aether/nats";
import { EXPECTATION_HEADER } from "../commit.ts";
import { ApiError, type ApiErrorJson, isPassing } from "./api-error.ts";
import { RETRY_PAUSE_MS } from "./ask-again.ts";
import type { Link } from "./link.ts";
import { NoReplyError } from "./no-reply-error.ts";
import { type MessageJson, messageFromJson, type StoredMessage } from "./stored-message.ts";

/** The settings of a stream that the store makes or compares, as JetStream spells them; durations in nanoseconds. */
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
}

/** What JetStream answers about a stream. */
export interface StreamInfo {
  readonly config: Partial<StreamConfig>;
  /** When it was made, RFC 3339. */
  readonly created: string;
  readonly state: {
    readonly first_seq: number;
    readonly last_seq: number;
  };
}

/** The requests of JetStream's API that concern one stream, in the JSON that goes over the wire. */
export class JetStreamApi {
  readonly #link: Link;
  readonly #stream: string;
  readonly #timeoutMs: number;
  readonly #patienceMs: number;

  /**
   * @param timeoutMs - how long one answer may take
   * @param patienceMs - how long a message is asked for again while there is no leader, or no connection
   */
  constructor(link: Link, stream: string, timeoutMs: number, patienceMs = 0) {
    this.#link = link;
    this.#stream = stream;
    this.#timeoutMs = timeoutMs;
    this.#patienceMs = patienceMs;
  }

  /** @throws ApiError, NoReplyError */
  streamInfo(): Promise<StreamInfo> {
    return this.#request<StreamInfo>(`STREAM.INFO.${this.#stream}`);
  }

  /** @throws ApiError, NoReplyError */
  createStream(config: StreamConfig): Promise<StreamInfo> {
    return this.#request<StreamInfo>(`STREAM.CREATE.${this.#stream}`, config);
  }

  /** @throws ApiError, NoReplyError */
  updateStream(config: object): Promise<StreamInfo> {
    return this.#request<StreamInfo>(`STREAM.UPDATE.${this.#stream}`, config);
  }

  /** The last message on a subject, as the stream's leader has it. @throws ApiError, NoReplyError */
  lastMessage(subject: string): Promise<StoredMessage | undefined> {
    return this.#patientMessage({ last_by_subj: subject });
  }

  /** The first message on a subject at or after a sequence, as the stream's leader has it. @throws ApiError, NoReplyError */
  nextMessage(subject: string, sequence: number): Promise<StoredMessage | undefined> {
    return this.#patientMessage({ seq: sequence, next_by_subj: subject });
  }

  /**
   * The first messages on a subject at or after a sequence, as any of the stream's replicas has them: what is answered, up
   * to the one that `isLast` tells. @throws NoReplyError
   */
  directMessages(
    subject: string,
    sequence: number,
    limits: { readonly batch: number; readonly max_bytes: number },
    isLast: (message: NatsMessage, index: number) => boolean,
  ): Promise<NatsMessage[]> {
    const query = encodeText(JSON.stringify({ seq: sequence, next_by_subj: subject, ...limits }));
    return this.#link.requestMany(`$JS.API.DIRECT.GET.${this.#stream}`, query, this.#timeoutMs, isLast);
  }

  /**
   * Publishes a record behind the subject's last message, once, and resolves to its sequence. @throws ApiError, NoReplyError
   */
  async publishBehind(subject: string, payload: Uint8Array, expectedSequence: number): Promise<number> {
    const headers = encodeText(`NATS/1.0\r\n${EXPECTATION_HEADER}: ${expectedSequence}\r\n\r\n`);
    const reply = await this.#link.request(subject, payload, this.#timeoutMs, headers);
    return publishedSequence(reply.data, subject);
  }

  /** Makes a consumer and resolves to the number of messages that it will deliver. @throws ApiError, NoReplyError */
  async createConsumer(name: string, filterSubject: string, config: object): Promise<number> {
    const { num_pending } = await this.#request<{ readonly num_pending: number }>(
      `CONSUMER.CREATE.${this.#stream}.${name}.${filterSubject}`,
      { stream_name: this.#stream, config: { ...config, name, filter_subject: filterSubject } },
    );
    return num_pending;
  }

  /** Asks a consumer for messages, which arrive at `reply`. @throws NoReplyError */
  pull(consumer: string, request: object, reply: string): void {
    this.#link.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${this.#stream}.${consumer}`,
      encodeText(JSON.stringify(request)),
      reply,
    );
  }

  /** Removes a consumer without waiting; the server removes it by itself if this gets lost. */
  deleteConsumer(consumer: string): void {
    if (!this.#link.isClosed)
      this.#link.publish(`$JS.API.CONSUMER.DELETE.${this.#stream}.${consumer}`, new Uint8Array());
  }

  async #patientMessage(query: object): Promise<StoredMessage | undefined> {
    const deadlineMs = performance.now() + this.#patienceMs;
    for (;;) {
      try {
        return await this.#message(query);
      } catch (error) {
        if (!isPassing(error) || this.#link.isClosed || performance.now() >= deadlineMs) throw error;
      }
      await pause(RETRY_PAUSE_MS);
    }
  }

  async #message(query: object): Promise<StoredMessage | undefined> {
    try {
      const { message } = await this.#request<{ readonly message: MessageJson }>(
        `STREAM.MSG.GET.${this.#stream}`,
        query,
      );
      return messageFromJson(message);
    } catch (error) {
      if (error instanceof ApiError && error.is("noMessageFound")) return undefined;
      throw error;
    }
  }

  async #request<Answer>(operation: string, body?: object): Promise<Answer> {
    const subject = `$JS.API.${operation}`;
    const payload = body === undefined ? new Uint8Array() : encodeText(JSON.stringify(body));
    const reply = await this.#link.request(subject, payload, this.#timeoutMs);
    return parseAnswer<Answer>(reply.data, subject);
  }
}

/** The sequence that JetStream gave to what was published. @throws ApiError, NoReplyError if the answer is unreadable */
export function publishedSequence(answer: Uint8Array, subject: string): number {
  const { seq } = parseAnswer<{ readonly seq?: unknown }>(answer, subject);
  if (typeof seq !== "number") throw new NoReplyError("unreadable", subject);
  return seq;
}

function parseAnswer<Answer>(data: Uint8Array, request: string): Answer {
  const answer = parseJson(data, request) as (Answer & { readonly error?: ApiErrorJson }) | null;
  if (typeof answer !== "object" || answer === null) throw new NoReplyError("unreadable", request);
  if (answer.error !== undefined) throw new ApiError(answer.error);
  return answer;
}

function parseJson(data: Uint8Array, request: string): unknown {
  try {
    return JSON.parse(decodeText(data));
  } catch (cause) {
    throw new NoReplyError("unreadable", request, cause);
  }
}
