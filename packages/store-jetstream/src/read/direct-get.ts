import type { NatsHeaders, NatsMessage } from "@aether/nats";
import type { JetStreamApi } from "../protocol/jetstream-api.ts";
import type { MessageSizes } from "../protocol/message-sizes.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import type { StoredMessage } from "../protocol/stored-message.ts";

/** The first messages of a range. */
export interface FirstMessages {
  readonly messages: readonly StoredMessage[];
  /** The sequence of the last message. */
  readonly lastSequence: number;
  /** Number of further messages in the range. */
  readonly remaining: number;
}

export interface DirectGetOptions {
  /**
   * Name of the stream. Answers from other streams are ignored: a mirror can answer in place of the stream, and may
   * lack messages.
   */
  readonly streamName: string;
  /** True if the stream allows direct requests. */
  readonly isAllowed: boolean;
}

/** Maximum number of messages. For more, a consumer is faster, because direct answers add seven headers each. */
const MAX_MESSAGES = 100;

const STREAM_HEADER = "Nats-Stream";
const SEQUENCE_HEADER = "Nats-Sequence";
const PENDING_HEADER = "Nats-Num-Pending";
const LAST_SEQUENCE_HEADER = "Nats-Last-Sequence";

/**
 * Reads a few messages of a subject in one round trip, without creating a consumer. For ten messages, this takes half
 * the time. Servers before 2.11 do not support such requests, so there a consumer reads all messages.
 */
export class DirectGet {
  readonly #api: JetStreamApi;
  readonly #streamName: string;
  readonly #sizes: MessageSizes;
  #isOff: boolean;

  constructor(sizes: MessageSizes, api: JetStreamApi, { streamName, isAllowed }: DirectGetOptions) {
    this.#sizes = sizes;
    this.#api = api;
    this.#streamName = streamName;
    this.#isOff = !isAllowed;
  }

  /**
   * Reads the first messages at or after a sequence. Resolves to `undefined` if a consumer must read them, for example
   * on a remote stream: a direct answer contains its first message whatever its size. A result without messages is not
   * reliable, because it may come from a mirror.
   * @throws NoReplyError with the reason `"single response"`
   */
  async first(
    subject: string,
    startSequence: number,
    count: number,
    timeoutMs: number,
  ): Promise<FirstMessages | undefined> {
    if (this.#isOff || this.#sizes.isRemote) return undefined;
    try {
      const limits = { batch: Math.max(1, Math.min(count, MAX_MESSAGES)), max_bytes: this.#sizes.chunkBytes(subject) };
      const answers = await this.#api.directMessages(subject, Math.max(1, startSequence), limits, isLast, timeoutMs);
      return this.#complete(answers);
    } catch (error) {
      if (!(error instanceof NoReplyError) || error.reason === "single response") throw error;
      // Without permission, direct requests stop. If another cause persists, the consumer reports it.
      this.#isOff = error.reason === "not permitted";
      return undefined;
    }
  }

  #complete(answers: readonly NatsMessage[]): FirstMessages | undefined {
    const [first] = answers;
    const end = answers.at(-1);
    const status = end === undefined ? 0 : statusOf(end);
    if (status === 404) return { messages: [], lastSequence: 0, remaining: 0 };
    if (first === undefined || end === undefined || status !== 204) {
      this.#isOff ||= status === 0; // The server does not support batches.
      return undefined;
    }
    const remaining = numberIn(end, PENDING_HEADER);
    const isFirst = numberIn(first, LAST_SEQUENCE_HEADER) === 0;
    if (!isFirst || numberIn(first, PENDING_HEADER) - remaining !== answers.length - 2) return undefined;
    if (serversHeader(first, STREAM_HEADER) !== this.#streamName) return undefined;
    const messages = answers.slice(0, -1).map((_, index) => new DirectMessage(answers, index));
    return { messages, lastSequence: numberIn(end, LAST_SEQUENCE_HEADER), remaining };
  }
}

/**
 * Returns true for the last answer, which has a status code. A server that does not support batches sends a single
 * answer without the header for the number of pending messages. Only the first answer is checked for this header,
 * because decoding the headers of a message costs more than decoding its JSON.
 */
function isLast(message: NatsMessage, index: number): boolean {
  return statusOf(message) !== 0 || (index === 0 && headersOf(message)?.get(PENDING_HEADER) === "");
}

/** The status code of a message that the server itself created, or 0 for a stored message, which has a sequence. */
function statusOf(message: NatsMessage): number {
  if (message.data.length > 0) return 0; // Avoids decoding the headers.
  return Number.isNaN(numberIn(message, SEQUENCE_HEADER)) ? (headersOf(message)?.code ?? 0) : 0;
}

/** The number in a header that the server added, or NaN if it is missing. */
function numberIn(message: NatsMessage | undefined, header: string): number {
  const text = message && serversHeader(message, header);
  return text === undefined ? Number.NaN : Number(text);
}

/** The value of a header that the server added. The last value counts: published headers may have the same name. */
function serversHeader(message: NatsMessage, header: string): string | undefined {
  return headersOf(message)?.values(header).at(-1);
}

/** The headers, or `undefined` if the clients throw because a published header is malformed. */
function headersOf(message: NatsMessage): NatsHeaders | undefined {
  try {
    return message.headers;
  } catch {
    return undefined;
  }
}

/** A message's sequence. If its headers are damaged, the sequence is taken from the next answer, which contains it. */
function sequenceOf(answers: readonly NatsMessage[], index: number): number {
  const sequence = numberIn(answers[index], SEQUENCE_HEADER);
  if (!Number.isNaN(sequence)) return sequence;
  const predecessor = numberIn(answers[index + 1], LAST_SEQUENCE_HEADER);
  return Number.isNaN(predecessor) ? sequenceOf(answers, index + 1) - 1 : predecessor;
}

/** A message from a direct answer. Its headers are decoded on first use. */
class DirectMessage implements StoredMessage {
  readonly data: Uint8Array;
  readonly #answers: readonly NatsMessage[];
  readonly #index: number;

  constructor(answers: readonly NatsMessage[], index: number) {
    this.data = answers[index]?.data ?? new Uint8Array();
    this.#answers = answers;
    this.#index = index;
  }

  get sequence(): number {
    return sequenceOf(this.#answers, this.#index);
  }

  header(name: string): string | undefined {
    const message = this.#answers[this.#index];
    return (message && headersOf(message)?.get(name)) || undefined;
  }
}
