import { ApiError } from "../protocol/api-error.ts";
import type { JetStreamApi, StreamInfo } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { StreamResetError } from "./stream-errors.ts";

/**
 * Notices that the stream is not the one any more that the store was opened on: it was deleted and made anew, or an older
 * backup was restored. Sequences only rise and a stream is made once; otherwise nothing that the store knows holds, and it
 * refuses every call from then on. While the connection was lost anything may have happened, so nothing is written after a
 * reconnect before the stream was looked at.
 */
export class StreamWatch {
  readonly #api: JetStreamApi;
  readonly #streamName: string;
  readonly #created: string;
  #highest: number;
  #reset: StreamResetError | undefined;
  #checking: Promise<void> | undefined;

  constructor(link: Link, api: JetStreamApi, streamName: string, { created, state }: StreamInfo) {
    this.#api = api;
    this.#streamName = streamName;
    this.#created = created;
    this.#highest = state.last_seq;
    link.onReconnect(() => {
      const checking = this.verify().then(
        () => {},
        () => {}, // kept as the reset, or asked again with the next contradiction
      );
      this.#checking = checking;
      void checking.then(() => {
        if (this.#checking === checking) this.#checking = undefined;
      });
    });
  }

  /** A sequence that the stream has reached for certain. */
  get highestSequence(): number {
    return this.#highest;
  }

  /** Takes note of a sequence that was stored or read. */
  saw(sequence: number): void {
    if (sequence > this.#highest) this.#highest = sequence;
  }

  /** @throws `AETHER_STREAM_RESET` if the stream was found to be another one */
  check(): void {
    if (this.#reset !== undefined) throw this.#reset;
  }

  /** After a reconnect, what to wait for before it is known whether the stream is the same. */
  get checking(): Promise<void> | undefined {
    return this.#checking;
  }

  /** An acknowledged commit must stand behind the message that it was to follow. @throws `AETHER_STREAM_RESET` */
  acknowledged(sequence: number, expectedSequence: number): void {
    if (sequence <= expectedSequence)
      this.#fail(`a commit behind sequence ${expectedSequence} was stored at ${sequence}`);
    this.saw(sequence);
  }

  /** Looks at the stream, because something contradicts what is known. @throws `AETHER_STREAM_RESET`, ApiError, NoReplyError */
  async verify(): Promise<StreamInfo> {
    const highest = this.#highest;
    let info: StreamInfo;
    try {
      info = await this.#api.streamInfo();
    } catch (error) {
      if (error instanceof ApiError && error.is("streamNotFound")) this.#fail("it is gone");
      throw error;
    }
    if (info.created !== this.#created) this.#fail(`it was made on ${info.created}, not on ${this.#created}`);
    if (info.state.last_seq < highest)
      this.#fail(`its last sequence went back from ${highest} to ${info.state.last_seq}`);
    return info;
  }

  #fail(reason: string): never {
    this.#reset ??= new StreamResetError({ streamName: this.#streamName, reason });
    throw this.#reset;
  }
}
