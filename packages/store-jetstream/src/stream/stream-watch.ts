import { pause } from "@aether/nats";
import { StreamResetError } from "../errors.ts";
import { ApiError } from "../protocol/api-error.ts";
import type { JetStreamApi, StreamInfo } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";

/**
 * A leader that was paused, or cut off from the others, answers with its outdated state until it notices, within 20
 * seconds. Answers that persist longer are true.
 */
const OUTDATED_FOR_MS = 30_000;
const RECHECK_PAUSE_MS = 250;

/**
 * Detects that the stream is no longer the one that the store was opened on: it was deleted and created again, or an
 * older backup was restored. Sequences only rise, and a stream is created once. After a reset nothing that the store
 * knows is valid, and every call fails. A reset may happen during a disconnect, so after a reconnect the stream is
 * checked before anything is written.
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
  /** Time of the first of several answers that all lack messages that the stream had. */
  #outdatedSinceMs: number | undefined;
  readonly #timeoutMs: number;

  /**
   * @param streamName - for errors
   * @param info - the stream as it was opened
   * @param timeoutMs - time for one request of a check that runs by itself
   */
  constructor(link: Link, api: JetStreamApi, streamName: string, info: StreamInfo, timeoutMs: number) {
    this.#link = link;
    this.#api = api;
    this.#streamName = streamName;
    this.#timeoutMs = timeoutMs;
    this.#created = info.created;
    this.#isReplicated = hasReplicas(info);
    this.#highest = info.state.last_seq;
    link.onReconnect(() => this.#check());
  }

  /** True if several servers held the stream at the last check. */
  get isReplicated(): boolean {
    return this.#isReplicated;
  }

  /** A sequence that the stream has certainly reached. */
  get highestSequence(): number {
    return this.#highest;
  }

  /** Records a sequence that was stored or read. */
  saw(sequence: number): void {
    if (sequence > this.#highest) this.#highest = sequence;
  }

  /** @throws `AETHER_STREAM_RESET` if a reset was detected */
  check(): void {
    if (this.#reset !== undefined) throw this.#reset;
  }

  /** The check that runs after a reconnect or a contradiction; writes wait for it. */
  get checking(): Promise<void> | undefined {
    return this.#checking;
  }

  /** Checks that an acknowledged commit is after the message that it should follow. @throws `AETHER_STREAM_RESET` */
  acknowledged(sequence: number, expectedSequence: number): void {
    if (sequence <= expectedSequence)
      this.#fail(`a commit that follows sequence ${expectedSequence} was stored at ${sequence}`);
    this.saw(sequence);
  }

  /**
   * Checks the stream, because an answer contradicts what is known.
   * @throws `AETHER_STREAM_RESET`, ApiError, and NoReplyError, which is `"outdated"` if it is too early to distinguish
   * a reset from a deposed leader
   */
  async verify(timeoutMs: number): Promise<StreamInfo> {
    const highest = this.#highest;
    let info: StreamInfo;
    try {
      info = await this.#api.streamInfo(timeoutMs);
    } catch (error) {
      this.#outdatedSinceMs = undefined; // a missing answer proves nothing
      if (error instanceof ApiError && error.is("streamNotFound")) this.#fail("it does not exist any more");
      throw error;
    }
    if (info.created !== this.#created) this.#fail(`it was created on ${info.created}, not on ${this.#created}`);
    this.#isReplicated = hasReplicas(info);
    if (info.state.last_seq < highest) this.#contradict(info.state.last_seq, highest);
    this.#outdatedSinceMs = undefined;
    return info;
  }

  /**
   * Checks that a known message has expired, because an answer lacks it. Messages expire in their order.
   * @throws NoReplyError that is `"outdated"`, or `AETHER_STREAM_RESET` if there is no other server
   */
  checkExpired({ state }: StreamInfo, subject: string, knownSequence: number): void {
    if (state.first_seq > knownSequence) return;
    if (!this.#isReplicated) this.#fail(`the message at sequence ${knownSequence} is gone, and has not expired`);
    throw new NoReplyError("outdated", subject);
  }

  /** Decides about an answer that lacks messages that the stream had. */
  #contradict(sequence: number, highest: number): never {
    const now = performance.now();
    this.#outdatedSinceMs ??= now;
    if (now - this.#outdatedSinceMs >= (this.#isReplicated ? OUTDATED_FOR_MS : 0))
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

  /** Never rejects: a reset is remembered, and after silence the next contradiction starts another check. */
  async #untilSure(): Promise<void> {
    while (!this.#link.isClosed) {
      try {
        await this.verify(this.#timeoutMs);
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
