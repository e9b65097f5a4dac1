import type { JetStreamApi, StreamInfo } from "./protocol/jetstream-api.ts";
import type { MessageSizes } from "./protocol/message-sizes.ts";

/**
 * Maximum size of a message to a stream, headers and payload, in bytes: the server's `max_payload`, or the stream's
 * `max_msg_size` if it is smaller. An operator may change the stream's limit at any time, so only the server knows it.
 * The store uses the latest known limit to decide how many saves it joins, and for error messages. It does not reject
 * a single save because of the stream's limit before the server does.
 */
export class MessageLimit {
  readonly #sizes: MessageSizes;
  readonly #api: JetStreamApi;
  #streamBytes = Number.POSITIVE_INFINITY;

  constructor(sizes: MessageSizes, api: JetStreamApi) {
    this.#sizes = sizes;
    this.#api = api;
  }

  /** The server's limit for all messages. The client does not send a larger message. */
  get serverBytes(): number {
    return this.#sizes.maxBytes;
  }

  /** The latest known limit for messages to the stream. */
  get bytes(): number {
    return Math.min(this.serverBytes, this.#streamBytes);
  }

  /** The latest known limit for messages with the events of several saves. */
  get groupBytes(): number {
    return Math.min(this.bytes, this.#sizes.maxGroupBytes);
  }

  learn({ config: { max_msg_size = -1 } }: StreamInfo): void {
    this.#streamBytes = max_msg_size < 0 ? Number.POSITIVE_INFINITY : max_msg_size;
  }

  /** Learns the current limit after the stream rejected a message of this size. Afterwards, `bytes` is smaller. */
  async rejected(sizeBytes: number, timeoutMs: number): Promise<void> {
    await this.#api.streamInfo(timeoutMs).then(
      (info) => this.learn(info),
      () => {}, // Without an answer, the rejection itself is the only information.
    );
    this.#streamBytes = Math.min(this.#streamBytes, sizeBytes - 1);
  }
}
