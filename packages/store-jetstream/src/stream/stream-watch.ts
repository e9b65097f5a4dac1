import { StreamResetError } from "@aether/core";
import { pause } from "@aether/nats";
import type { StreamMismatchError } from "../errors.ts";
import { isStreamNotFound } from "../protocol/api-error.ts";
import { askAgain, type Deadline } from "../protocol/ask-again.ts";
import type { JetStreamApi, StreamInfo } from "../protocol/jetstream-api.ts";
import type { Link } from "../protocol/link.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import { differencesBetween, mismatchError } from "./stream-differences.ts";
import type { StreamPlan } from "./stream-plan.ts";

/**
 * Time after which a contradiction on a replicated stream counts as a reset, in milliseconds. A leader that was paused,
 * or cut off from the other servers, answers with its outdated state until it notices. This takes at most 20 seconds.
 */
const OUTDATED_FOR_MS = 30_000;
const RECHECK_PAUSE_MS = 250;

/**
 * Detects a reset: the stream is no longer the one that the store was opened on, because it was deleted, created again,
 * or restored from an older backup. A reset is detected if the creation time of the stream differs, the stream
 * does not exist, or its last sequence is lower than a known one. After a reset, the store's knowledge of the stream is
 * no longer valid, so every call fails. A reset may happen while the connection is lost, so after a reconnect the
 * stream is checked before anything is written.
 *
 * Each check also compares the stream's settings with the rules. If the stream was changed so that the store can no
 * longer keep its promises, every call fails. Settings that an option requests are compared only by `open`.
 */
export class StreamWatch {
  readonly #api: JetStreamApi;
  readonly #plan: StreamPlan;
  readonly #link: Link;
  readonly #created: string;
  #isReplicated: boolean;
  #isExpiring: boolean;
  #highest: number;
  #failure: StreamResetError | StreamMismatchError | undefined;
  #checking: Promise<void> | undefined;
  /** Time of the first of several consecutive answers that lack messages which the stream had. */
  #outdatedSinceMs: number | undefined;
  readonly #timeoutMs: number;
  #onVerified: ((info: StreamInfo) => void) | undefined;

  /**
   * @param plan - plan of the stream, for its name and its rules
   * @param info - description of the stream when it was opened
   * @param timeoutMs - time limit of one request in a background check
   */
  constructor(link: Link, api: JetStreamApi, plan: StreamPlan, info: StreamInfo, timeoutMs: number) {
    this.#link = link;
    this.#api = api;
    this.#plan = plan;
    this.#timeoutMs = timeoutMs;
    this.#created = info.created;
    this.#isReplicated = hasReplicas(info);
    this.#isExpiring = isExpiring(info);
    this.#highest = info.state.last_seq;
    link.onReconnect(() => this.#check());
  }

  /** True if the stream had replicas at the last check. */
  get isReplicated(): boolean {
    return this.#isReplicated;
  }

  /** True if the stream had a finite retention at the last check. */
  get isExpiring(): boolean {
    return this.#isExpiring;
  }

  /** The highest sequence that the stream is known to have reached. */
  get highestSequence(): number {
    return this.#highest;
  }

  /** Records the sequence of a message that was stored or read. */
  saw(sequence: number): void {
    if (sequence > this.#highest) this.#highest = sequence;
  }

  /** Calls the listener with the description of the stream, after each check that found no fault. */
  onVerified(listener: (info: StreamInfo) => void): void {
    this.#onVerified = listener;
  }

  /** @throws `AETHER_STREAM_RESET`, `AETHER_STREAM_MISMATCH` if a check found a fault */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The check that runs after a reconnect or a contradiction, if there is one. Writes wait for it. */
  get checking(): Promise<void> | undefined {
    return this.#checking;
  }

  /**
   * Waits until the check for a reset has ended. Nothing is written until then.
   * @throws NoReplyError if the check has not ended within the timeout, `signal.reason`
   */
  async untilChecked(deadline: Deadline): Promise<void> {
    const { name } = this.#plan.config;
    await deadline.limit(Promise.resolve(this.#checking), name).catch(() => {}); // if it is late, the check still runs
    deadline.signal?.throwIfAborted();
    if (this.#checking !== undefined) throw new NoReplyError("outdated", name);
  }

  /**
   * Checks that an acknowledged message has a higher sequence than an earlier message that was known when it was sent.
   * @throws `AETHER_STREAM_RESET`
   */
  acknowledged(sequence: number, expectedSequence: number): void {
    if (sequence <= expectedSequence)
      this.#fail(`a message that follows sequence ${expectedSequence} was stored at ${sequence}`);
    this.saw(sequence);
  }

  /**
   * Checks the stream for a reset and for unusable settings, and returns its description.
   * @throws `AETHER_STREAM_RESET`, `AETHER_STREAM_MISMATCH`, ApiError, and NoReplyError, with the reason `"outdated"`
   * as long as a former leader may have answered
   */
  async verify(timeoutMs: number): Promise<StreamInfo> {
    const highest = this.#highest;
    let info: StreamInfo;
    try {
      info = await this.#api.streamInfo(timeoutMs);
    } catch (error) {
      this.#outdatedSinceMs = undefined; // A missing answer does not continue a contradiction.
      if (isStreamNotFound(error)) this.#fail("it does not exist any more");
      throw error;
    }
    if (info.created !== this.#created) this.#fail(`it was created on ${info.created}, not on ${this.#created}`);
    this.#isReplicated = hasReplicas(info);
    this.#isExpiring = isExpiring(info);
    if (info.state.last_seq < highest) this.#contradict(info.state.last_seq, highest);
    this.#outdatedSinceMs = undefined;
    this.#checkSettings(info);
    this.#onVerified?.(info);
    return info;
  }

  /**
   * Checks the stream if a request has failed because it does not exist.
   * @throws `AETHER_STREAM_RESET` if it was deleted or created again, and the other errors of `verify`
   */
  async verifyAfter(error: unknown, deadline: Deadline): Promise<void> {
    if (isStreamNotFound(error)) await askAgain(deadline, (timeoutMs) => this.verify(timeoutMs));
  }

  /**
   * Returns the description of the stream from a leader that has a sequence, as far as it can be known. If the answer
   * of a replicated stream lacks the sequence, a former leader may have answered, so the question is repeated.
   * @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `signal.reason`
   */
  async verified(sequence: number, deadline: Deadline): Promise<StreamInfo> {
    const startMs = performance.now();
    for (;;) {
      const info = await askAgain(deadline, (timeoutMs) => this.verify(timeoutMs));
      const isOutdated = info.state.last_seq < sequence && this.#isReplicated;
      if (!isOutdated || performance.now() - startMs > OUTDATED_FOR_MS) return info;
      await pause(RECHECK_PAUSE_MS, deadline.signal);
      deadline.renew();
    }
  }

  /**
   * Checks that a known message has expired or may have been erased, after an answer that lacks this message. Messages
   * expire in stream order.
   * @throws NoReplyError with the reason `"outdated"` if it must be stored, or `AETHER_STREAM_RESET` if the stream has
   * no replicas
   */
  checkExpired({ config, state }: StreamInfo, subject: string, knownSequence: number): void {
    const isErasable = config.deny_delete !== true || config.deny_purge !== true;
    if (isErasable || state.first_seq > knownSequence) return;
    if (!this.#isReplicated) this.#fail(`the message at sequence ${knownSequence} is gone, and has not expired`);
    throw new NoReplyError("outdated", subject);
  }

  #checkSettings(info: StreamInfo): void {
    const differences = differencesBetween(this.#plan, info, []);
    if (differences.length === 0) return;
    this.#failure ??= mismatchError(this.#plan.config.name, differences);
    throw this.#failure;
  }

  /** Handles an answer that lacks messages which the stream had: a reset, or an outdated server. */
  #contradict(sequence: number, highest: number): never {
    const now = performance.now();
    this.#outdatedSinceMs ??= now;
    if (now - this.#outdatedSinceMs >= (this.#isReplicated ? OUTDATED_FOR_MS : 0))
      this.#fail(`its last sequence went back from ${highest} to ${sequence}`);
    if (this.#checking === undefined) this.#check();
    throw new NoReplyError("outdated", this.#plan.config.name);
  }

  /** Starts a check in the background. */
  #check(): void {
    const checking = this.#untilSure();
    this.#checking = checking;
    void checking.then(() => {
      if (this.#checking === checking) this.#checking = undefined;
    });
  }

  /**
   * Repeats the check until it is decided. Never rejects: a fault is stored in `#failure`. If the server does
   * not answer, the check ends, and the next contradiction starts another one.
   */
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
    this.#failure ??= new StreamResetError({ streamName: this.#plan.config.name, reason });
    throw this.#failure;
  }
}

function hasReplicas({ config }: StreamInfo): boolean {
  return (config.num_replicas ?? 1) > 1;
}

function isExpiring({ config }: StreamInfo): boolean {
  return (config.max_age ?? 0) > 0;
}
