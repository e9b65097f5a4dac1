import { pause } from "@aether/nats";
import { ApiError } from "../protocol/api-error.ts";
import type { JetStreamApi, StreamInfo } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import { StreamResetError } from "./stream-errors.ts";

/**
 * A server that was paused, or cut off from the others, answers as the leader that it was until it notices: within 20
 * seconds, with what it knew then. What is still so afterwards is so.
 */
const OUTDATED_FOR_MS = 30_000;
const RECHECK_PAUSE_MS = 250;

/**
 * Notices that the stream is not the one any more that the store was opened on: it was deleted and made anew, or an older
 * backup was restored. Sequences only rise and a stream is made once; otherwise nothing that the store knows holds, and it
 * refuses every call from then on. While the connection was lost anything may have happened, so nothing is written after a
 * reconnect before the stream was looked at.
 */
export class StreamWatch {
  readonly #api: JetStreamApi;
  readonly #streamName: string;
  readonly #link: Link;
  readonly #created: string;
  #isReplicated: boolean;
  #highest: number;
  #reset: StreamResetError | undefined;
  #checking: Promise<void> | undefined;
  /** Since when all answers have been behind what the stream had reached. */
  #behindSinceMs: number | undefined;

  constructor(link: Link, api: JetStreamApi, streamName: string, info: StreamInfo) {
    this.#link = link;
    this.#api = api;
    this.#streamName = streamName;
    this.#created = info.created;
    this.#isReplicated = hasReplicas(info);
    this.#highest = info.state.last_seq;
    link.onReconnect(() => this.#check());
  }

  /** Whether several servers hold the stream, as it was when it was last looked at. */
  get isReplicated(): boolean {
    return this.#isReplicated;
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

  /** After a reconnect or a contradiction, what to wait for before it is known whether the stream is the same. */
  get checking(): Promise<void> | undefined {
    return this.#checking;
  }

  /** An acknowledged commit must stand behind the message that it was to follow. @throws `AETHER_STREAM_RESET` */
  acknowledged(sequence: number, expectedSequence: number): void {
    if (sequence <= expectedSequence)
      this.#fail(`a commit behind sequence ${expectedSequence} was stored at ${sequence}`);
    this.saw(sequence);
  }

  /**
   * Looks at the stream, because something contradicts what is known. @throws `AETHER_STREAM_RESET`, ApiError, and
   * NoReplyError, which is `"outdated"` if it is too early to tell a reset from a leader that does not know yet that it is none
   */
  async verify(): Promise<StreamInfo> {
    const highest = this.#highest;
    let info: StreamInfo;
    try {
      info = await this.#api.streamInfo();
    } catch (error) {
      this.#behindSinceMs = undefined; // silence proves nothing
      if (error instanceof ApiError && error.is("streamNotFound")) this.#fail("it is gone");
      throw error;
    }
    if (info.created !== this.#created) this.#fail(`it was made on ${info.created}, not on ${this.#created}`);
    this.#isReplicated = hasReplicas(info);
    if (info.state.last_seq < highest) this.#isBehind(info.state.last_seq, highest);
    this.#behindSinceMs = undefined;
    return info;
  }

  /**
   * Checks that a message that was known to be there, and is not in what a server answers, has expired. Messages expire in
   * their order. @throws NoReplyError that is `"outdated"`, `AETHER_STREAM_RESET` where there is no other server
   */
  checkExpired({ state }: StreamInfo, subject: string, knownSequence: number): void {
    if (state.first_seq > knownSequence) return;
    if (!this.#isReplicated) this.#fail(`what stood at sequence ${knownSequence} is gone, and has not expired`);
    throw new NoReplyError("outdated", subject);
  }

  #isBehind(sequence: number, highest: number): never {
    const now = performance.now();
    this.#behindSinceMs ??= now;
    if (now - this.#behindSinceMs >= (this.#isReplicated ? OUTDATED_FOR_MS : 0))
      this.#fail(`its last sequence went back from ${highest} to ${sequence}`);
    if (this.#checking === undefined) this.#check();
    throw new NoReplyError("outdated", this.#streamName);
  }

  #check(): void {
    const checking = this.#untilSure();
    this.#checking = checking;
    void checking.then(() => {
      if (this.#checking === checking) this.#checking = undefined;
    });
  }

  /** Never rejects: a reset is kept, and after silence the next contradiction asks again. */
  async #untilSure(): Promise<void> {
    while (!this.#link.isClosed) {
      try {
        await this.verify();
        return;
      } catch (error) {
        if (!(error instanceof NoReplyError && error.reason === "outdated")) return;
      }
      await pause(RECHECK_PAUSE_MS);
    }
  }

  #fail(reason: string): never {
    this.#reset ??= new StreamResetError({ streamName: this.#streamName, reason });
    throw this.#reset;
  }
}

function hasReplicas({ config }: StreamInfo): boolean {
  return (config.num_replicas ?? 1) > 1;
}
