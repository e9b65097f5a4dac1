import { type FeedPage, HistoryTruncatedError, isAetherError, type Position } from "@aether/core";
import { type FeedRange, formatPosition, parsePosition } from "@aether/store-kit";
import { askAgain, Deadline } from "../protocol/ask-again.ts";
import type { StreamInfo } from "../protocol/jetstream-api.ts";
import { NoReplyError } from "../protocol/no-reply-error.ts";
import { partitionSubjects } from "../subjects.ts";
import { FeedConsumer, type FeedMessage } from "./feed-consumer.ts";
import { type DecodedFeed, FeedDecoder } from "./feed-decoder.ts";
import type { FeedParts } from "./feed-parts.ts";
import { LeaderGoal } from "./leader-goal.ts";
import { allActors, messageAt } from "./message-at.ts";
import { Patience } from "./patience.ts";
import { checkResume } from "./resume.ts";
import { versionBefore } from "./version-before.ts";
import { WakeUp } from "./wake-up.ts";

/** Maximum number of messages in a page. */
const PAGE_MESSAGES = 500;
/** Time without a page after which the position is refreshed, if it can be, in milliseconds. */
const REFRESH_MS = 300;
/** Time without progress toward the goal after which another consumer is tried, in milliseconds. */
const STUCK_MS = 5_000;
/** Interval of the checks for a lost consumer, in milliseconds. */
const CHECK_MS = 250;

const NOTHING: DecodedFeed = Object.freeze({ events: [], errors: [], position: undefined });

/**
 * One read of the feed.
 *
 * The read has caught up if it has examined everything up to a sequence that the leader named as its last one. The
 * order matters: the leader is asked first. Then either a message at or after this sequence arrives, or a heartbeat
 * which says that the consumer has delivered everything up to this sequence, and that all of it has arrived. No other
 * answer of a consumer is reliable, because the consumer may be on a replica that lags behind.
 */
export class FeedRead {
  readonly #parts: FeedParts;
  readonly #range: FeedRange & { readonly signal: AbortSignal };
  readonly #name: string;
  readonly #decoder: FeedDecoder;
  readonly #goal: LeaderGoal;
  readonly #patience: Patience;
  /** Limits the time without progress of a read that does not follow. */
  readonly #deadline: Deadline;
  #consumer: FeedConsumer | undefined;
  #consumers = 0;
  /** Number of the latest consecutive consumers that failed before they delivered anything. */
  #uselessConsumers = 0;
  /** The first sequence that was not examined yet. */
  #next = 1;
  #position: Position | undefined;
  /** The position of the latest page. */
  #pagedPosition: Position | undefined;
  #isClosed = false;
  #isCaughtUp = false;
  #pagedMs = performance.now();
  #progressMs = performance.now();
  readonly #wakeUp = new WakeUp();

  constructor(parts: FeedParts, range: FeedRange & { readonly signal: AbortSignal }, name: string) {
    const { streamName, positions } = parts;
    this.#parts = parts;
    this.#range = range;
    this.#name = name;
    this.#deadline = new Deadline(parts.ackTimeoutMs, range.signal);
    this.#goal = new LeaderGoal(parts.watch, parts.ackTimeoutMs, this.#wakeUp.wake);
    this.#patience = new Patience({
      isEndless: range.follow,
      timeoutMs: parts.ackTimeoutMs,
      signal: range.signal,
    });
    this.#decoder = new FeedDecoder({
      streamName,
      positions,
      isFromBeginning: range.after === undefined,
      accepts: range.accepts,
      decode: (actor, message, version) =>
        this.#patience.ask((deadline) => parts.decoder.decode(actor, [message], version, deadline)),
      versionBefore: (actor, sequence) =>
        this.#patience.ask((deadline) => versionBefore(parts, actor, sequence, deadline)),
    });
  }

  /** @throws ApiError, NoReplyError, `AETHER_STREAM_RESET`, `AETHER_HISTORY_TRUNCATED`, `signal.reason` */
  async *pages(): AsyncGenerator<FeedPage, void, undefined> {
    const { follow, signal } = this.#range;
    await this.#start();
    for (;;) {
      const page = await this.#nextPage();
      this.#isCaughtUp = page.isCaughtUp;
      this.#pagedMs = performance.now();
      yield page;
      signal.throwIfAborted();
      if (page.isCaughtUp && !follow) return;
      this.#deadline.renew();
      this.#progressMs = performance.now();
      // For the next page, the leader must be asked again.
      if (follow) this.#goal.forget();
    }
  }

  /** Ends the read. Resolves once the consumer is deleted, or its deletion was requested. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#dropConsumer();
    this.#wakeUp.wake();
  }

  async #dropConsumer(): Promise<void> {
    const consumer = this.#consumer;
    this.#consumer = undefined;
    await consumer?.close();
  }

  /** Asks the leader for its last message, and finds the sequence to start at. */
  async #start(): Promise<void> {
    const { after } = this.#range;
    const { acceptTruncated } = this.#parts;
    const info = await this.#patience.ask((deadline) => this.#parts.watch.verified(after?.sequence ?? 0, deadline));
    this.#goal.set(info.state.last_seq);
    if (after !== undefined) {
      this.#next = await this.#patience.ask((deadline) =>
        checkResume(this.#parts, after, info, acceptTruncated, deadline),
      );
      this.#position = formatPosition(after);
    } else {
      this.#next = Math.max(1, info.config.first_seq ?? 1);
      this.#checkTruncated(info, this.#next);
    }
    if (acceptTruncated) this.#next = Math.max(this.#next, info.state.first_seq);
  }

  async #nextPage(): Promise<FeedPage> {
    const { follow, signal } = this.#range;
    for (;;) {
      signal.throwIfAborted();
      if (this.#isClosed) throw new NoReplyError("already closed", this.#parts.streamName);
      this.#parts.watch.check();
      this.#goal.check();
      const isNews = !this.#isCaughtUp || !follow || this.#hasSkipped;
      if (isNews && this.#goal.isReachedBefore(this.#next)) return this.#page(NOTHING, true);
      const consumer = await this.#openConsumer();
      const page = consumer.bufferedCount > 0 ? await this.#readBuffer(consumer) : await this.#readHeartbeat(consumer);
      if (page !== undefined) return page;
      if (consumer.bufferedCount === 0 && consumer.isOversized) {
        const error = await this.#tooLarge();
        if (error !== undefined) throw error;
        consumer.giveUp();
      }
      if (consumer.bufferedCount > 0 || consumer.hasFailed) continue;
      if (!follow && this.#deadline.isOver) throw new NoReplyError("time-out", this.#parts.streamName);
      consumer.checkAlive(await this.#wakeUp.wait(Math.min(CHECK_MS, this.#goal.waitMs), signal));
    }
  }

  /** Reads messages. Returns a page if there is something to report. */
  async #readBuffer(consumer: FeedConsumer): Promise<FeedPage | undefined> {
    const messages = this.#unread(consumer.take(PAGE_MESSAGES));
    const last = messages.at(-1);
    if (last === undefined) return undefined;
    const end = this.#range.follow ? undefined : this.#goal.sequence;
    const wanted = end === undefined ? messages : messages.filter(({ sequence }) => sequence <= end);
    await this.#checkGaps(messages);
    const decoded = await this.#decoder.decode(wanted, this.#range.after);
    this.#advance(last.sequence, decoded.position);
    if (end !== undefined && this.#next > end && wanted.at(-1)?.sequence !== end) await this.#moveTo(end);
    const isCaughtUp = this.#goal.isReachedBefore(this.#next);
    const isNews = decoded.events.length > 0 || decoded.errors.length > 0 || (isCaughtUp && !this.#isCaughtUp);
    return isNews || this.#isRefreshDue ? this.#page(decoded, isCaughtUp) : undefined;
  }

  /** Returns a page if everything up to the goal was examined, but nothing of it was for this read. */
  async #readHeartbeat(consumer: FeedConsumer): Promise<FeedPage | undefined> {
    const { examinedSequence } = consumer;
    const goal = this.#goal.sequence;
    if (goal === undefined) {
      const isNews = examinedSequence >= this.#next || this.#hasSkipped;
      if (!this.#isCaughtUp || (isNews && this.#isRefreshDue)) this.#goal.ask();
      return undefined;
    }
    if (goal < this.#next) {
      this.#goal.forget();
      return undefined;
    }
    if (examinedSequence >= goal) {
      await this.#checkSkipped();
      await this.#moveTo(goal);
      return this.#page(NOTHING, true);
    }
    const sinceMs = Math.max(this.#progressMs, this.#goal.answeredMs);
    if (performance.now() - sinceMs > STUCK_MS) void this.#dropConsumer();
    return undefined;
  }

  /** True if messages were skipped since the latest page, so that its position is outdated. */
  get #hasSkipped(): boolean {
    return this.#position !== this.#pagedPosition;
  }

  get #isRefreshDue(): boolean {
    return performance.now() - this.#pagedMs >= REFRESH_MS;
  }

  #page({ events, errors }: DecodedFeed, isCaughtUp: boolean): FeedPage {
    if (isCaughtUp) this.#consumer?.idle();
    this.#pagedPosition = this.#position;
    return Object.freeze({
      events: Object.freeze(events),
      errors: Object.freeze(errors),
      position: this.#position,
      isCaughtUp,
    });
  }

  #advance(sequence: number, position: Position | undefined): void {
    this.#next = sequence + 1;
    this.#position = position ?? this.#position;
    this.#progressMs = performance.now();
    this.#deadline.renew();
    this.#parts.watch.saw(sequence);
  }

  /** Moves the position to a sequence whose message was not delivered, because it is not for this read. */
  async #moveTo(sequence: number): Promise<void> {
    const { messages, positions, streamName } = this.#parts;
    if (this.#position !== undefined && parsePosition(this.#position, "position").sequence === sequence) {
      this.#advance(sequence, undefined);
      return;
    }
    const atEnd = Math.max(sequence, this.#next - 1);
    try {
      const message = await this.#patience.ask((deadline) => messageAt(messages, streamName, sequence, deadline));
      this.#advance(atEnd, positions.lastOf(sequence, message?.data));
    } catch (error) {
      if (!isAetherError(error, "AETHER_MESSAGE_TOO_LARGE")) throw error;
      this.#advance(atEnd, undefined); // The earlier position remains valid.
    }
  }

  /**
   * Returns the messages that were not read yet. On servers before 2.12, a consumer on a replica that lags starts at
   * the end of this replica, not at the requested sequence.
   */
  #unread(messages: readonly FeedMessage[]): readonly FeedMessage[] {
    const isUnread = ({ sequence }: FeedMessage): boolean => sequence >= this.#next;
    return messages.every(isUnread) ? messages : messages.filter(isUnread);
  }

  /** Checks messages that are about to be read for gaps. In a read of one partition, gaps are usual. */
  async #checkGaps(messages: readonly FeedMessage[]): Promise<void> {
    let expected = this.#next;
    if (messages.some(({ sequence }) => sequence !== expected++)) await this.#checkSkipped();
  }

  /** Throws if messages that were not delivered may have expired unread. */
  async #checkSkipped(): Promise<void> {
    const isUsual = this.#range.partition !== undefined && !this.#parts.watch.isExpiring;
    if (!isUsual && !this.#parts.acceptTruncated) this.#checkTruncated(await this.#verify(), this.#next);
  }

  #verify(): Promise<StreamInfo> {
    const verify = (timeoutMs: number) => this.#parts.watch.verify(timeoutMs);
    return this.#patience.ask((deadline) => askAgain(deadline, verify));
  }

  #checkTruncated({ state }: StreamInfo, next: number): void {
    if (this.#parts.acceptTruncated || state.first_seq <= next) return;
    throw new HistoryTruncatedError({ actorId: undefined, firstVersion: undefined });
  }

  /** Returns the consumer. Creates another one if it has failed. */
  async #openConsumer(): Promise<FeedConsumer> {
    const known = this.#consumer;
    if (known !== undefined && !known.hasFailed) return known;
    if (this.#patience.isHopeless(known?.failure)) throw known?.failure;
    void this.#dropConsumer();
    this.#uselessConsumers = known?.wasUseful === false ? this.#uselessConsumers + 1 : 0;
    if (this.#uselessConsumers > 0) await this.#patience.pause(this.#uselessConsumers);
    return this.#patience.ask(
      (deadline) => this.#createConsumer(deadline),
      () => void this.#dropConsumer(),
    );
  }

  async #createConsumer(deadline: Deadline): Promise<FeedConsumer> {
    const { link, api, sizes, streamName } = this.#parts;
    const { partition } = this.#range;
    const filter = partition === undefined ? undefined : partitionSubjects(streamName, partition);
    if (this.#consumers > 0) {
      const info = await this.#verify();
      if (this.#next <= info.state.last_seq) this.#checkTruncated(info, this.#next);
    }
    if (this.#isClosed) throw new NoReplyError("already closed", streamName);
    const consumer = new FeedConsumer(link, api, {
      name: `${this.#name}-${++this.#consumers}`,
      chunkBytes: sizes.chunkBytes(filter ?? allActors(streamName).subject),
      onChange: this.#wakeUp.wake,
    });
    this.#consumer = consumer;
    if (this.#isCaughtUp) consumer.idle();
    const open = (timeoutMs: number) => consumer.open(filter, this.#next, timeoutMs);
    await askAgain(deadline, open, () => false);
    this.#progressMs = performance.now();
    return consumer;
  }

  /** Creates the error for the next message, if it is too large for this connection. */
  #tooLarge(): Promise<unknown> {
    const { messages, streamName } = this.#parts;
    const { partition } = this.#range;
    const all = allActors(streamName);
    const subject = partition === undefined ? all.subject : partitionSubjects(streamName, partition);
    return this.#patience.ask((deadline) =>
      askAgain(deadline, (timeoutMs) => messages.tooLarge({ ...all, subject }, this.#next, timeoutMs)),
    );
  }
}
